import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { expect, test } from "vitest";
import { wingId } from "../testing/test-identity.ts";
import { InProcessSwitchboard } from "./in-process-switchboard.ts";
import type { Announcement } from "./switchboard.ts";
import { OpenerRecorder, WingRecorder } from "./testing/recorders.ts";
import { describeSwitchboard } from "./testing/switchboard-suite.ts";

describeSwitchboard("in process", async () => new InProcessSwitchboard({ maxRememberedWings: 10 }));

test("a wing that goes by the very question leaves no channel behind", () => {
  const switchboard = new InProcessSwitchboard({ maxRememberedWings: 10 });
  let announcement: Announcement | undefined;
  const wing = new WingRecorder();
  const onChannel = wing.onChannel.bind(wing);
  wing.onChannel = (end, subject) => {
    announcement?.withdraw();
    return onChannel(end, subject);
  };
  announcement = switchboard.announce({ wingId: wingId("laptop"), groups: ["g"] }, wing);
  const browser = new OpenerRecorder();
  switchboard.openChannel({ wingId: wingId("laptop"), subject: "ada", groups: ["g"] }, browser);
  expect(browser.heard.at(-1)).toEqual({ kind: "close", reason: CloseReason.PEER_LOST });
});
