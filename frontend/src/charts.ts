// Charts with one theme: <figure data-chart><script type="application/json">…</script><table>…</table></figure>
import { BarChart, LineChart, MapChart, PieChart } from "echarts/charts";
import {
  AriaComponent,
  DatasetComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([
  AriaComponent,
  BarChart,
  DatasetComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  LineChart,
  MapChart,
  PieChart,
  SVGRenderer,
  TooltipComponent,
  VisualMapComponent,
]);

const AT_A_DESK = 14;
const ON_A_WALL = 22;

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function theme(fontSize: number): Record<string, unknown> {
  const label = { fontSize, color: token("--ink") };
  const axis = {
    axisLine: { lineStyle: { color: token("--line-strong") } },
    axisTick: { show: false },
    axisLabel: { fontSize, color: token("--muted") },
    splitLine: { lineStyle: { color: token("--line") } },
  };
  return {
    color: ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5"].map(token),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize, color: token("--ink") },
    bar: { label },
    line: { label },
    pie: { label },
    map: { label },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    legend: { textStyle: label },
  };
}

for (const figure of document.querySelectorAll<HTMLElement>("[data-chart]")) {
  const options = JSON.parse(figure.querySelector('script[type="application/json"]')!.textContent!) as {
    series?: unknown[];
  };
  const aria = { enabled: true, decal: { show: (options.series?.length ?? 0) > 1 } };
  const place = figure.querySelector<HTMLElement>(".chart-place")!;
  const chart = init(place, theme(figure.closest(".wall") ? ON_A_WALL : AT_A_DESK), { renderer: "svg" });
  chart.setOption({ animation: !matchMedia("(prefers-reduced-motion: reduce)").matches, aria, ...options });
  new ResizeObserver(() => chart.resize()).observe(place);
}
