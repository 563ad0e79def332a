import { describe, expect, it } from "vitest";
import { QuestionDesk } from "./question-desk.ts";

function desk() {
  const done: string[] = [];
  const effects = {
    paste: (text: string) => void done.push(`paste ${text}`),
    openLink: (href: string) => void done.push(`open ${href}`),
    copy: (text: string) => void done.push(`copy ${text}`),
  };
  return { desk: new QuestionDesk(effects), done };
}
const link = (href: string) => ({ kind: "link", href, host: "x" }) as const;
const clipboard = (text: string) => ({ kind: "clipboard", text }) as const;

describe("QuestionDesk", () => {
  it("does nothing without a yes", () => {
    const { desk: asked, done } = desk();
    asked.ask(link("https://a.example/"));
    asked.answer(false);
    expect(done).toEqual([]);
    expect(asked.open.value).toBeUndefined();
    asked.ask(link("https://a.example/"));
    asked.answer(true);
    expect(done).toEqual(["open https://a.example/"]);
  });

  it.each([
    [true, ["copy one", "copy two"]],
    [false, []],
  ])("asks once whether the clipboard may be written: %s", (yes, copied) => {
    const { desk: asked, done } = desk();
    asked.ask(clipboard("one"));
    asked.answer(yes);
    asked.ask(clipboard("two"));
    expect(asked.open.value).toBeUndefined();
    expect(done).toEqual(copied);
  });

  it("lets no program pile questions up or change the open one", () => {
    const { desk: asked, done } = desk();
    asked.ask(link("https://a.example/"));
    asked.ask(link("https://evil.example/"));
    asked.answer(true);
    expect(done).toEqual(["open https://a.example/"]);
    expect(asked.open.value).toBeUndefined();
  });

  it("ignores an answer that nobody asked for", () => {
    const { desk: asked, done } = desk();
    asked.answer(true);
    expect(done).toEqual([]);
  });
});
