/** Line plots as SVG text: panels side by side over one kind of x, with the same series in each. */

export interface Point {
  x: number;
  y: number;
  /** Spread of `y`, drawn as a bar where it is given. */
  low?: number;
  high?: number;
  /** Drawn hollow: the figure is not like the others. */
  odd?: boolean;
}

export interface Panel {
  title: string;
  xLabel: string;
  yLabel: string;
  /** Logarithmic axes must have no value at or below 0. */
  yScale: 'linear' | 'log';
  /** Points by series, in the order of x. */
  series: Readonly<Record<string, readonly Point[]>>;
}

const PANEL = { width: 560, height: 380 } as const;
const MARGIN = { top: 44, right: 20, bottom: 52, left: 72 } as const;
const LEGEND_HEIGHT = 36;
const MAX_TICKS = 8;
/** Okabe and Ito's colours, which the colour-blind tell apart. */
const COLOURS = ['#000000', '#d55e00', '#0072b2', '#009e73', '#cc79a7', '#e69f00'] as const;

interface Axis {
  /** Value to pixels from the start of the axis. */
  at(value: number): number;
  ticks: readonly number[];
}

/** @param title What the plot shows, for readers who cannot see it. */
export function linePlot(title: string, panels: readonly Panel[]): string {
  const names = [...new Set(panels.flatMap(({ series }) => Object.keys(series)))];
  const width = PANEL.width * panels.length;
  const height = PANEL.height + LEGEND_HEIGHT;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...panels.map(
      (panel, index) => `<g transform="translate(${index * PANEL.width} 0)">${panelMarks(panel, names)}</g>`,
    ),
    legend(names),
    '</svg>',
  ].join('\n')}\n`;
}

function panelMarks(panel: Panel, names: readonly string[]): string {
  const points = Object.values(panel.series).flat();
  const plotWidth = PANEL.width - MARGIN.left - MARGIN.right;
  const plotHeight = PANEL.height - MARGIN.top - MARGIN.bottom;
  const x = linearAxis(
    points.map((point) => point.x),
    plotWidth,
  );
  const values = points.flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const upward = panel.yScale === 'log' ? logAxis(values, plotHeight) : linearAxis(values, plotHeight);
  const y: Axis = { at: (value) => plotHeight - upward.at(value), ticks: upward.ticks };
  return [
    text(panel.title, PANEL.width / 2, 24, 'font-size="15" text-anchor="middle"'),
    `<g transform="translate(${MARGIN.left} ${MARGIN.top})">`,
    ...y.ticks.map((tick) => horizontalRule(y.at(tick), plotWidth, tick)),
    ...x.ticks.map((tick) => text(label(tick), x.at(tick), plotHeight + 18, 'text-anchor="middle"')),
    `<path d="M0 0V${plotHeight}H${plotWidth}" fill="none" stroke="#444444"/>`,
    text(panel.xLabel, plotWidth / 2, plotHeight + 40, 'text-anchor="middle"'),
    text(panel.yLabel, -plotHeight / 2, -54, 'text-anchor="middle" transform="rotate(-90)"'),
    ...names.map((name, index) => seriesMarks(panel.series[name] ?? [], x, y, colourOf(index))),
    '</g>',
  ].join('\n');
}

function seriesMarks(points: readonly Point[], x: Axis, y: Axis, colour: string): string {
  const path = points.map(
    (point, index) => `${index === 0 ? 'M' : 'L'}${pixel(x.at(point.x))} ${pixel(y.at(point.y))}`,
  );
  const spreads = points
    .filter(({ low, high }) => low !== undefined && high !== undefined)
    .map(
      ({ x: at, y: middle, low = middle, high = middle }) =>
        `M${pixel(x.at(at))} ${pixel(y.at(low))}V${pixel(y.at(high))}`,
    );
  const dots = points.map(
    (point) =>
      `<circle cx="${pixel(x.at(point.x))}" cy="${pixel(y.at(point.y))}" r="3.5" fill="${point.odd === true ? '#ffffff' : colour}"/>`,
  );
  return [
    `<g stroke="${colour}">`,
    `<path d="${spreads.join('')}" fill="none" stroke-opacity="0.5"/>`,
    `<path d="${path.join('')}" fill="none" stroke-width="1.8"/>`,
    ...dots,
    '</g>',
  ].join('\n');
}

function legend(names: readonly string[]): string {
  const step = 150;
  return names
    .map((name, index) => {
      const left = MARGIN.left + index * step;
      const middle = PANEL.height + LEGEND_HEIGHT / 2 - 6;
      return [
        `<path d="M${left} ${middle}h24" stroke="${colourOf(index)}" stroke-width="1.8"/>`,
        `<circle cx="${left + 12}" cy="${middle}" r="3.5" fill="${colourOf(index)}"/>`,
        text(name, left + 32, middle + 4),
      ].join('');
    })
    .join('\n');
}

function horizontalRule(at: number, width: number, tick: number): string {
  const line = `<path d="M0 ${pixel(at)}H${width}" stroke="#dddddd"/>`;
  return line + text(label(tick), -8, at + 4, 'text-anchor="end"');
}

/** From 0 to the greatest value; ticks at 1, 2 or 5 times a power of ten. */
function linearAxis(values: readonly number[], length: number): Axis {
  const greatest = Math.max(...values) || 1;
  const rough = greatest / MAX_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const end = Math.ceil(greatest / step) * step;
  return {
    at: (value) => (value / end) * length,
    ticks: Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step),
  };
}

/** Whole powers of ten around the values. */
function logAxis(values: readonly number[], length: number): Axis {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    at: (value) => ((Math.log10(value) - first) / (last - first)) * length,
    ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
  };
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? COLOURS[0];
}

function label(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

function pixel(value: number): string {
  return value.toFixed(1);
}

function text(content: string, x: number, y: number, attributes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${pixel(x)}" y="${pixel(y)}" fill="#222222" ${attributes}>${escaped}</text>`;
}
