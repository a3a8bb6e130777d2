/**
 * A thin bar for a share of something, with a tick where one should be. What
 * exceeds the whole fills it. Widths are attributes: the page's policy allows
 * no style in the markup.
 */
export function Meter(props: { share: number; tick?: number; label: string; color?: string }) {
  const percent = (share: number) => `${Math.min(100, Math.max(0, share * 100))}%`;
  return (
    <svg
      data-slot="meter"
      role="img"
      aria-label={props.label}
      className="block h-3 w-full overflow-visible"
      fill="none"
    >
      <rect y="4" width="100%" height="4" rx="2" className="fill-track" />
      <rect
        y="4"
        width={percent(props.share)}
        height="4"
        rx="2"
        fill={props.color ?? "var(--ink)"}
      />
      {props.tick !== undefined && (
        <line
          x1={percent(props.tick)}
          x2={percent(props.tick)}
          y1="0"
          y2="12"
          className="stroke-ink"
          strokeWidth="1.5"
        />
      )}
    </svg>
  );
}
