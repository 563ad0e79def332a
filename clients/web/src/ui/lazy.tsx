import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A component whose code is fetched when it is first drawn; until then nothing stands in its place. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [Component, setComponent] = useState<ComponentType<Props> | undefined>(() => loaded);
    useEffect(() => {
      if (loaded !== undefined) return;
      let shown = true;
      load().then((component) => {
        loaded = component;
        if (shown) setComponent(() => component);
      });
      return () => {
        shown = false;
      };
    }, []);
    return Component === undefined ? null : <Component {...props} />;
  };
}
