import type { ServiceImpl } from "@connectrpc/connect";
import type { WorkspaceService } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";
import type { Clock } from "@wingthing/service-runtime/clock";
import { completePath } from "../workspace/complete-path.ts";
import { listProjects } from "../workspace/list-projects.ts";
import type { RecentFolders } from "../workspace/recent-folders.ts";
import type { Roots } from "../workspace/roots.ts";

/** What the folders of a wing are told from. */
export interface Workspace {
  readonly roots: () => Roots;
  readonly recent: RecentFolders;
  readonly clock: Clock;
}

/** Folders where sessions may start. */
export function workspaceService({ roots, recent, clock }: Workspace): ServiceImpl<typeof WorkspaceService> {
  return {
    async listProjects() {
      return { projects: await listProjects({ roots: roots(), recent: recent.list(), clock }) };
    },
    async completePath({ prefix }) {
      const { folders, truncated } = await completePath(prefix, roots());
      return { folders: [...folders], truncated };
    },
  };
}
