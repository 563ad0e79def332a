import type { WingDirectory } from "../../wing/wing-directory.ts";
import type { StartableWing } from "./new-session-form.ts";

/** The wings that are online and have told what they can start. */
export function startableWings(wings: WingDirectory): readonly StartableWing[] {
  return wings.wings.value.flatMap(({ machine, connection }) => {
    const services = connection.services.value;
    const info = connection.info.value;
    return services === undefined || info === undefined
      ? []
      : [{ wingId: machine.wingId, label: info.label, info, services }];
  });
}
