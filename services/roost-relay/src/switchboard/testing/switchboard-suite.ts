import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { describe, expect, test } from "vitest";
import { wingId } from "../../testing/test-identity.ts";
import type { Switchboard } from "../switchboard.ts";
import { OpenerRecorder, PresenceRecorder, WingRecorder } from "./recorders.ts";

const LAPTOP = wingId("laptop");
const SERVER = wingId("server");
const CLOSED = { reason: CloseReason.CLOSED_BY_PEER, text: "" };
const opened = { kind: "opened" } as const;
const closed = (reason: CloseReason) => ({ kind: "close", reason }) as const;
const data = (text: string) => ({ kind: "data", text }) as const;

/** What every switchboard does, whether its ends are in one process or in several. */
export function describeSwitchboard(name: string, start: () => Promise<Switchboard>): void {
  async function joined(options: { wingGroups?: string[]; groups?: string[] } = {}) {
    const switchboard = await start();
    const { wingGroups = ["user:ada"], groups = ["user:ada"] } = options;
    const wing = new WingRecorder();
    const announcement = switchboard.announce({ wingId: LAPTOP, groups: wingGroups }, wing);
    const open = (subject = "ada", id: string = LAPTOP) => {
      const opener = new OpenerRecorder();
      switchboard.openChannel({ wingId: id, subject, groups }, opener);
      return opener;
    };
    return { switchboard, wing, announcement, open };
  }

  describe(`${name}: channels`, () => {
    test("an opened channel carries both ways, in order, and the wing learns whose it is", async () => {
      const { wing, open } = await joined();
      const browser = open("ada");
      await browser.hears(1);
      for (const text of ["a", "b", "c"]) browser.say(text);
      const end = wing.channels[0]!;
      expect(await end.hears(3)).toEqual([data("a"), data("b"), data("c")]);
      for (const text of ["d", "e"]) end.say(text);
      expect(await browser.hears(3)).toEqual([opened, data("d"), data("e")]);
      expect(wing.subjects).toEqual(["ada"]);
    });

    test("a close is heard once at the other end, after everything that was sent before, and nothing follows", async () => {
      const { wing, open } = await joined();
      const browser = open();
      await browser.hears(1);
      browser.say("last");
      browser.end?.close(CLOSED);
      browser.say("too late");
      browser.end?.close(CLOSED);
      const end = wing.channels[0]!;
      expect(await end.hears(2)).toEqual([data("last"), closed(CloseReason.CLOSED_BY_PEER)]);
      end.say("too late as well");
      end.end?.close(CLOSED);
      const next = open();
      await next.hears(1);
      expect(browser.heard).toEqual([opened]);
      expect(end.heard).toHaveLength(2);
    });

    test("either end asks the other to hold, and takes it back", async () => {
      const { wing, open } = await joined();
      const browser = open();
      await browser.hears(1);
      const end = wing.channels[0]!;
      end.end?.hold();
      end.end?.release();
      expect(await browser.hears(3)).toEqual([opened, { kind: "hold", held: true }, { kind: "hold", held: false }]);
      browser.end?.hold();
      browser.end?.release();
      expect(await end.hears(2)).toEqual([
        { kind: "hold", held: true },
        { kind: "hold", held: false },
      ]);
    });

    test("channels of one wing do not hear each other", async () => {
      const { wing, open } = await joined();
      const first = open();
      const second = open();
      await Promise.all([first.hears(1), second.hears(1)]);
      wing.channels[1]?.say("second");
      expect(await second.hears(2)).toEqual([opened, data("second")]);
      first.end?.close(CLOSED);
      await wing.channels[0]!.hears(1);
      expect(wing.channels[1]?.heard).toEqual([]);
      expect(first.heard).toEqual([opened]);
    });

    test("what the wing refuses is refused with its words", async () => {
      const { wing, open } = await joined();
      wing.refuseWith = { reason: CloseReason.TOO_MANY_CHANNELS, text: "full" };
      expect(await open().hears(1)).toEqual([closed(CloseReason.TOO_MANY_CHANNELS)]);
    });
  });

  describe(`${name}: who may reach a wing`, () => {
    test.each([
      ["the owner's group", ["user:ada"], ["user:ada"], true],
      ["a shared org", ["user:ada", "org:acme"], ["user:bob", "org:acme"], true],
      ["another person", ["user:ada"], ["user:bob"], false],
      ["no group at all", ["user:ada"], [], false],
      ["a wing without groups", [], ["user:ada"], false],
    ])("%s", async (_, wingGroups, groups, allowed) => {
      const { open } = await joined({ wingGroups, groups });
      expect(await open().hears(1)).toEqual([allowed ? opened : closed(CloseReason.NOT_ALLOWED)]);
    });

    test("a wing of others and a wing that never was get the same answer, online or offline", async () => {
      const { announcement, open } = await joined({ groups: ["user:eve"] });
      const online = await open().hears(1);
      announcement.withdraw();
      const offline = await open().hears(1);
      const unknown = await open("eve", SERVER).hears(1);
      const nonsense = await open("eve", "../../etc").hears(1);
      for (const heard of [online, offline, unknown, nonsense])
        expect(heard).toEqual([closed(CloseReason.NOT_ALLOWED)]);
    });

    test("a wing of one's own that went is offline", async () => {
      const { announcement, open } = await joined();
      announcement.withdraw();
      expect(await open().hears(1)).toEqual([closed(CloseReason.WING_OFFLINE)]);
    });
  });

  describe(`${name}: a wing that goes`, () => {
    test("its channels are lost at once, and the wing hears nothing more", async () => {
      const { announcement, wing, open } = await joined();
      const browser = open();
      await browser.hears(1);
      announcement.withdraw();
      announcement.withdraw();
      expect(await browser.hears(2)).toEqual([opened, closed(CloseReason.PEER_LOST)]);
      browser.say("into the void");
      expect(wing.channels[0]?.heard).toEqual([]);
    });

    test("the same wing announced again replaces the older: its channels are lost, new ones reach the newer", async () => {
      const { switchboard, announcement, wing, open } = await joined();
      const browser = open();
      await browser.hears(1);
      const newer = new WingRecorder();
      switchboard.announce({ wingId: LAPTOP, groups: ["user:ada"] }, newer);
      expect(await browser.hears(2)).toEqual([opened, closed(CloseReason.PEER_LOST)]);
      expect([wing.replaced, newer.replaced]).toEqual([1, 0]);
      announcement.withdraw();
      expect(await open().hears(1)).toEqual([opened]);
      expect(newer.channels).toHaveLength(1);
    });
  });

  describe(`${name}: presence`, () => {
    test("a watcher is told all that is online, then ready, then each change", async () => {
      const { switchboard, announcement } = await joined();
      const watcher = new PresenceRecorder();
      switchboard.watch(["user:ada"], watcher);
      expect(await watcher.hears(2)).toEqual([`+${LAPTOP}`, "ready"]);
      const server = switchboard.announce({ wingId: SERVER, groups: ["user:ada"] }, new WingRecorder());
      announcement.withdraw();
      server.withdraw();
      expect(await watcher.hears(5)).toEqual([`+${LAPTOP}`, "ready", `+${SERVER}`, `-${LAPTOP}`, `-${SERVER}`]);
    });

    test("a wing that shares two groups is told once; a wing of others is not told", async () => {
      const { switchboard } = await joined({ wingGroups: ["user:ada", "org:acme"] });
      switchboard.announce({ wingId: SERVER, groups: ["user:eve"] }, new WingRecorder());
      const watcher = new PresenceRecorder();
      switchboard.watch(["user:ada", "org:acme"], watcher);
      expect(await watcher.hears(2)).toEqual([`+${LAPTOP}`, "ready"]);
    });

    test("a replaced wing was never away", async () => {
      const { switchboard } = await joined();
      const watcher = new PresenceRecorder();
      switchboard.watch(["user:ada"], watcher);
      switchboard.announce({ wingId: LAPTOP, groups: ["user:ada"] }, new WingRecorder());
      const marker = switchboard.announce({ wingId: SERVER, groups: ["user:ada"] }, new WingRecorder());
      marker.withdraw();
      expect(await watcher.hears(4)).toEqual([`+${LAPTOP}`, "ready", `+${SERVER}`, `-${SERVER}`]);
    });

    test("a wing announced again in other groups goes for some and comes for others", async () => {
      const { switchboard } = await joined({ wingGroups: ["user:ada", "org:acme"] });
      const ada = new PresenceRecorder();
      const acme = new PresenceRecorder();
      const globex = new PresenceRecorder();
      switchboard.watch(["user:ada"], ada);
      switchboard.watch(["org:acme"], acme);
      switchboard.watch(["org:globex"], globex);
      switchboard.announce({ wingId: LAPTOP, groups: ["user:ada", "org:globex"] }, new WingRecorder());
      expect(await acme.hears(3)).toEqual([`+${LAPTOP}`, "ready", `-${LAPTOP}`]);
      expect(await globex.hears(2)).toEqual(["ready", `+${LAPTOP}`]);
      expect(ada.heard).toEqual([`+${LAPTOP}`, "ready"]);
    });

    test("after stop a watcher hears nothing", async () => {
      const { switchboard, announcement } = await joined();
      const stopped = new PresenceRecorder();
      const other = new PresenceRecorder();
      switchboard.watch(["user:ada"], stopped).stop();
      switchboard.watch(["user:ada"], other);
      announcement.withdraw();
      await other.hears(3);
      expect(stopped.heard).toEqual([`+${LAPTOP}`, "ready"]);
    });
  });
}
