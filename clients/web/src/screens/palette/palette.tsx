import { useId, useState } from "preact/hooks";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { moveActive } from "../../ui/listbox.ts";
import { type Command, rankCommands } from "./rank-commands.ts";
import "./palette.css";

interface PaletteProps {
  readonly commands: readonly Command[];
  readonly onRun: (id: string) => void;
  readonly onClose: () => void;
}

/** Everything by name: type a few letters, Enter. */
export function Palette({ commands, onRun, onClose }: PaletteProps) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const listId = useId();
  const found = rankCommands(query, commands);
  const optionId = (index: number) => `${listId}-${index}`;
  const run = (command: Command | undefined) => {
    if (command !== undefined) onRun(command.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = moveActive(event.key, active, found.length);
    if (moved !== undefined) setActive(moved);
    else if (event.key === "Enter") run(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Command palette" shape="top" plain onClose={onClose}>
      <div class="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label="Command"
          aria-expanded={true}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={found.length === 0 ? undefined : optionId(active)}
          placeholder="Start an agent, jump to a session…"
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="palette-list" role="listbox" id={listId} aria-label="Commands">
        {found.map((command, index) => (
          <PaletteRow
            key={command.id}
            id={optionId(index)}
            command={command}
            active={index === active}
            firstOfGroup={found[index - 1]?.group !== command.group}
            onPress={() => run(command)}
            onPoint={() => setActive(index)}
          />
        ))}
      </div>
      {found.length === 0 ? (
        <p class="palette-none" role="status">
          Nothing is called that.
        </p>
      ) : null}
    </Dialog>
  );
}

interface PaletteRowProps {
  readonly id: string;
  readonly command: Command;
  readonly active: boolean;
  readonly firstOfGroup: boolean;
  readonly onPress: () => void;
  readonly onPoint: () => void;
}

function PaletteRow({ id, command, active, firstOfGroup, onPress, onPoint }: PaletteRowProps) {
  return (
    // The field keeps the focus; the list is driven from there.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
    <div
      class={`palette-row${firstOfGroup ? " first" : ""}`}
      role="option"
      tabIndex={-1}
      id={id}
      aria-selected={active}
      onClick={onPress}
      onPointerMove={onPoint}
      ref={(row) => {
        if (active) row?.scrollIntoView({ block: "nearest" });
      }}
    >
      <Icon name={command.group === "Sessions" ? "prompt" : "chevron-right"} size={15} />
      <span class="palette-title">{command.title}</span>
      <span class="palette-hint">{command.hint}</span>
    </div>
  );
}
