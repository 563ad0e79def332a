/** Our mark: an egg with its yolk. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path
        d="M10 1.5c3.6 0 6.8 5 6.8 9.4a6.8 6.8 0 0 1-13.6 0C3.2 6.5 6.4 1.5 10 1.5Z"
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
      />
      <circle cx="10" cy="11.4" r="3.2" fill="var(--yolk)" />
    </svg>
  );
}
