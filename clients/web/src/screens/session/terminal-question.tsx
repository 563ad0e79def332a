import type { TerminalQuestion } from "../../terminal/question-desk.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import "./terminal-question.css";

interface TerminalQuestionProps {
  readonly question: TerminalQuestion;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** Rows of the box at most; longer text scrolls. */
const MAX_ROWS = 14;
/** Longest text of the clipboard question, in characters. */
const MAX_SHOWN = 600;

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function words(question: TerminalQuestion) {
  switch (question.kind) {
    case "paste": {
      const controls =
        question.controls === 0 ? "" : ` and ${count(question.controls, "control character", "control characters")}`;
      return {
        title: "Paste this?",
        text: `${count(question.lines, "line", "lines")}${controls} will be sent as if typed.`,
        shown: question.shown,
        yes: "Paste",
      };
    }
    case "link":
      return {
        title: `Open ${question.host}?`,
        text: "The terminal shows this link:",
        shown: question.href,
        yes: "Open link",
      };
    case "clipboard":
      return {
        title: "Let this session use your clipboard?",
        text: "The program wants to copy this text. Your answer holds for this session; it can never read your clipboard.",
        shown: question.text.slice(0, MAX_SHOWN),
        yes: "Allow copying",
      };
  }
}

/**
 * Asks, and shows exactly what it is about. A program decides when the clipboard question comes, perhaps in the middle
 * of typing, so there Enter says no.
 */
export function TerminalQuestionDialog({ question, onYes, onNo }: TerminalQuestionProps) {
  const { title, text, shown, yes } = words(question);
  return (
    <Dialog title={title} onClose={onNo}>
      <div class="question">
        <p>{text}</p>
        <textarea
          readOnly
          rows={Math.min(MAX_ROWS, shown.split("\n").length + 1)}
          aria-label="What it is about"
          value={shown}
        />
        <div class="question-actions">
          <Button first={question.kind === "clipboard"} onPress={onNo}>
            {question.kind === "clipboard" ? "Not in this session" : "Cancel"}
          </Button>
          <Button kind="primary" first={question.kind !== "clipboard"} onPress={onYes}>
            {yes}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
