import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface TrendSample {
  /** Unix time, ms. */
  readonly at: number;
  /** Calls that wait for a slot. */
  readonly waiting: number;
  /** Calls used of the limits of a second, of all interfaces. */
  readonly used: number;
}

interface TrendProps {
  readonly samples: readonly TrendSample[];
  /** What the newest sample says, for those who do not see the lines. */
  readonly label: string;
  readonly names: { readonly waiting: string; readonly used: string };
  /** The time of day of a moment in ms. */
  readonly timeOf: (at: number) => string;
}

const heightPx = 150;

/** Read at each drawing, so that the lines follow the theme. */
const colour = (name: string) => (): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const columnsOf = (samples: readonly TrendSample[]): UPlot.AlignedData => [
  samples.map(({ at }) => at / 1000),
  samples.map(({ waiting }) => waiting),
  samples.map(({ used }) => used),
];

/** Calls waiting and used, over time. */
export const Trend = ({ samples, label, names, timeOf }: TrendProps) => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>();
  const newest = useRef(samples);
  newest.current = samples;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const axis = {
      stroke: colour('--td-text-color-secondary'),
      grid: { stroke: colour('--line'), width: 1 },
    };
    const line = { width: 2, points: { show: false } };
    const made = new UPlot(
      {
        width: element.clientWidth,
        height: heightPx,
        legend: { show: false },
        cursor: { show: false },
        // A quiet brand is a line at the bottom, not in the middle.
        scales: { y: { range: (_, __, max) => [0, Math.max(5, max)] } },
        axes: [
          { ...axis, values: (_, times) => times.map((seconds) => timeOf(seconds * 1000)), space: 90 },
          { ...axis, size: 40 },
        ],
        series: [
          {},
          { ...line, label: names.waiting, stroke: colour('--td-error-color') },
          { ...line, label: names.used, stroke: colour('--td-brand-color') },
        ],
      },
      columnsOf(newest.current),
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: heightPx });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [names, timeOf]);

  useEffect(() => {
    plot.current?.setData(columnsOf(samples));
  }, [samples]);

  return (
    <figure className="trend">
      <div ref={place} role="img" aria-label={label} />
      <figcaption className="hint trend__names">
        <span className="trend__name trend__name--waiting">{names.waiting}</span>
        <span className="trend__name trend__name--used">{names.used}</span>
      </figcaption>
    </figure>
  );
};
