import { Mark } from "../../ui/mark.tsx";
import "./boot.css";

/** The empty frame of the page that is coming, so that nothing jumps when it is there. */
export function Boot({ path }: { path: string }) {
  return (
    <div class={path.startsWith("/s/") ? "boot boot-session" : "boot"} aria-busy="true">
      <div class="boot-bar">
        <Mark />
        <span class="visually-hidden">Loading wingthing</span>
      </div>
    </div>
  );
}
