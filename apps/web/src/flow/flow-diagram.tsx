/** One way as a sequence diagram: inline SVG in the page's own colours, told in words to a screen reader. */
import type { Flow, Party, Step, Tone } from './flows.ts';
import styles from './flow.module.css';

const width = 348;
const top = 54;
const rowHeight = 44;
const columns = [50, 172, 294] as const;

export function FlowDiagram({ flow }: { readonly flow: Flow }) {
  const height = top + flow.steps.length * rowHeight + 34;
  return (
    <figure className={styles.figure} aria-labelledby={`${flow.id}-title`}>
      <figcaption className={styles.caption}>
        <h3 id={`${flow.id}-title`}>{flow.title}</h3>
        <p className="muted">{flow.point}</p>
      </figcaption>
      <svg className={styles.drawing} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={flow.told}>
        <Sites flow={flow} height={height} />
        {flow.steps.map((step, row) => (
          <Row key={keyOf(step)} step={step} y={top + row * rowHeight + 30} />
        ))}
      </svg>
    </figure>
  );
}

/** The parties, their life lines, and the border around another site. */
function Sites({ flow: { parties, apiSite }, height }: { readonly flow: Flow; readonly height: number }) {
  return (
    <>
      {apiSite === 'another site' && (
        <rect className={styles.foreign} x={238} y={1} width={109} height={height - 2} rx={8} />
      )}
      <text className={styles.site} x={columns[2]} y={height - 12}>
        {apiSite}
      </text>
      {parties.map((party, index) => {
        const x = columns[index] ?? 0;
        return (
          <g key={party}>
            <line className={styles.life} x1={x} y1={38} x2={x} y2={height - 28} />
            <text className={styles.party} x={x} y={27}>
              {party}
            </text>
          </g>
        );
      })}
    </>
  );
}

function Row({ step, y }: { readonly step: Step; readonly y: number }) {
  if (step.kind === 'message') return <Arrow step={step} y={y} />;
  return <Thought at={step.at} text={step.text} tone={step.tone} y={y} />;
}

function Arrow({ step, y }: { readonly step: Extract<Step, { kind: 'message' }>; readonly y: number }) {
  const direction = step.to > step.from ? 1 : -1;
  const [start, end] = [columns[step.from] + 4 * direction, columns[step.to] - 4 * direction];
  return (
    <g className={toneClass(step.tone)}>
      <line className={styles.arrow} x1={start} y1={y} x2={end - 4 * direction} y2={y} />
      <path className={styles.head} d={`M${end} ${y}l${-8 * direction} -4.5v9z`} />
      <text className={styles.message} x={(start + end) / 2} y={y - 8}>
        {step.text}
      </text>
    </g>
  );
}

interface ThoughtProps {
  readonly at: Party;
  readonly text: string;
  readonly tone: Tone | undefined;
  readonly y: number;
}

/** A box on a life line, kept inside the picture. */
function Thought({ at, text, tone, y }: ThoughtProps) {
  const box = 24 + text.length * 6.4;
  const x = Math.max(1, columns[at] - box / 2);
  return (
    <g className={toneClass(tone)}>
      <rect className={styles.thought} x={x} y={y - 20} width={box} height={25} rx={6} />
      <text className={styles.message} x={x + box / 2} y={y - 3}>
        {text}
      </text>
    </g>
  );
}

/** The same words may be said twice, but not by the same party. */
function keyOf(step: Step): string {
  return `${step.kind === 'message' ? step.from : step.at} ${step.text}`;
}

function toneClass(tone: Tone | undefined): string | undefined {
  return tone === undefined ? undefined : styles[tone];
}
