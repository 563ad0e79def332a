import { createConnectRouter } from "@connectrpc/connect";
import { silentLog } from "@wingthing/service-runtime/log";
import { expect, test } from "vitest";
import { WING_SERVICES } from "../testing/wing-services.ts";
import { registerServices, type WingServices, wingRouterOptions } from "./wing-router.ts";

test("every method of wingthing.wing.v1 is served", () => {
  const router = createConnectRouter(wingRouterOptions(silentLog));
  const nothing = {} as never;
  const services: WingServices = { access: nothing, info: nothing, session: nothing, workspace: nothing };
  registerServices(router, services);
  const served = router.handlers.map(({ requestPath }) => requestPath);
  const known = WING_SERVICES.flatMap(({ typeName, methods }) => methods.map(({ name }) => `/${typeName}/${name}`));
  expect(served.sort()).toEqual(known.sort());
});
