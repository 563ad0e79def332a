import { expect, test } from "vitest";
import { checkWorkingFolder, WorkingFolderError } from "./working-folder.ts";

const check = (cwd: string, other: { kind?: string; deniedBy?: string } = {}) =>
  checkWorkingFolder({ cwd, kind: "folder", home: "/home/ada", deniedBy: undefined, ...other });

const problem = (...args: Parameters<typeof check>) => {
  try {
    check(...args);
  } catch (error) {
    if (error instanceof WorkingFolderError) return error.problem;
    throw error;
  }
  return undefined;
};

test.each(["/home/ada/src", "/home/adam", "/tmp/x", "/opt/project", "/var/www", "/runner/x", "/home/bob/shared"])(
  "%s can be worked in",
  (cwd) => {
    expect(problem(cwd)).toBeUndefined();
  },
);

test.each([
  ["/home/ada", "contains-home"],
  ["/home", "contains-home"],
  ["/", "contains-home"],
  ["/etc", "system"],
  ["/usr", "system"],
  ["/tmp", "system"],
  ["/proc/1", "system"],
  ["/sys", "system"],
  ["/dev/shm", "system"],
  ["/run/user/1000/x", "system"],
])("%s is refused as %s", (cwd, expected) => {
  expect(problem(cwd)).toBe(expected);
});

test("a missing folder, a file and a denied folder are refused, each in its own words", () => {
  expect(problem("/home/ada/x", { kind: "missing" })).toBe("missing");
  expect(problem("/home/ada/x", { kind: "file" })).toBe("not-a-folder");
  expect(problem("/home/ada/.ssh/x", { deniedBy: "built-in: /home/ada/.ssh" })).toBe("denied");
  expect(() => check("/home/ada/.ssh/x", { deniedBy: "built-in: /home/ada/.ssh" })).toThrow(
    "cannot work in /home/ada/.ssh/x: it is closed to agents (built-in: /home/ada/.ssh); choose another folder",
  );
});
