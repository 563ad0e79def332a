import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../ui/icon.tsx";
import { moveActive } from "../../ui/listbox.ts";
import type { FolderSuggestion } from "./folder-suggestions.ts";
import "./folder-field.css";

interface FolderFieldProps {
  readonly folder: string;
  readonly suggestions: readonly FolderSuggestion[];
  readonly onFolder: (text: string) => void;
  /** Takes a suggestion; `open` asks for the folders in it. */
  readonly onSuggestion: (suggestion: FolderSuggestion, open: boolean) => void;
}

/** Nothing of the list is chosen: Enter starts with what stands in the field. */
const NONE = -1;

/** The working folder: typed, completed by the wing with Tab, or picked from what was used lately. */
export function FolderField({ folder, suggestions, onFolder, onSuggestion }: FolderFieldProps) {
  const [active, setActive] = useState(NONE);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const touched = useRef(false);
  // Selected in the same breath as it is drawn: a key pressed right then must replace it and not follow it.
  useLayoutEffect(() => {
    // The prefilled folder is only a guess: typing replaces it.
    if (!touched.current) input.current?.select();
  }, [folder]);
  const optionId = (index: number) => `${listId}-${index}`;
  const take = (suggestion: FolderSuggestion, open: boolean) => {
    touched.current = true;
    setActive(NONE);
    onSuggestion(suggestion, open);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = moveActive(event.key, active, suggestions.length);
    const chosen = suggestions[active];
    const completes =
      event.key === "Tab" && !event.shiftKey && touched.current ? (chosen ?? suggestions[0]) : undefined;
    if (moved !== undefined) setActive(moved);
    else if (event.key === "Enter" && chosen !== undefined) take(chosen, false);
    else if (completes !== undefined && `${completes.path}/` !== folder) take(completes, true);
    else return;
    event.preventDefault();
  };
  return (
    <div class="folder-field">
      <label class="folder-label">
        Folder
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-expanded={suggestions.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active === NONE ? undefined : optionId(active)}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          autofocus
          value={folder}
          onInput={(event) => {
            touched.current = true;
            setActive(NONE);
            onFolder(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      {/* The field keeps the focus; the list is driven from there. */}
      <div class="folders" role="listbox" id={listId} aria-label="Folders">
        {suggestions.map((suggestion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
          <div
            key={suggestion.path}
            id={optionId(index)}
            class="folder-option"
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(suggestion, false)}
          >
            <Icon name={suggestion.git ? "git" : "folder"} />
            <span class="folder-path">{suggestion.shown}</span>
            {suggestion.recent ? <span class="folder-note">recent</span> : null}
          </div>
        ))}
      </div>
    </div>
  );
}
