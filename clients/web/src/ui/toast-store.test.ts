import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_TOASTS, ToastStore } from "./toast-store.ts";

const texts = (store: ToastStore) => store.toasts.value.map(({ text }) => text);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("ToastStore", () => {
  it.each([MAX_TOASTS - 1, MAX_TOASTS, MAX_TOASTS + 1])(
    "after %i messages shows the newest, within its limit",
    (count) => {
      const store = new ToastStore();
      for (let number = 0; number < count; number++) store.show(`message ${number}`);
      expect(store.toasts.value).toHaveLength(Math.min(count, MAX_TOASTS));
      expect(texts(store).at(-1)).toBe(`message ${count - 1}`);
    },
  );

  it("shows a text that comes again once, as the newest", () => {
    const store = new ToastStore();
    store.show("a");
    store.show("b");
    store.show("a");
    expect(texts(store)).toEqual(["b", "a"]);
  });

  it("lets a message go by itself, or when it is dismissed", () => {
    const store = new ToastStore();
    store.show("a");
    store.show("b");
    store.dismiss(store.toasts.value[0]!.id);
    expect(texts(store)).toEqual(["b"]);
    vi.advanceTimersByTime(60_000);
    expect(texts(store)).toEqual([]);
  });
});
