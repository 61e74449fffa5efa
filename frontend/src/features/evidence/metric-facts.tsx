import type { ReactNode } from 'react'
import { useSourceTitle } from '@/api/source-titles'
import type { Explained } from '@/api/types'
import { coverageText, daysText, windowText } from '@/i18n/metric-words'
import { wholeNumber } from '@/i18n/money'
import { nameText } from '@/i18n/names'
import { useText } from '@/i18n/text'

export function MetricFacts({ explained: { metric, definition } }: { explained: Explained }) {
  const text = useText()
  const titleOf = useSourceTitle()
  const { coverage } = metric
  return (
    <dl className="grid gap-x-6 gap-y-3 rounded-md bg-sunken p-4 sm:grid-cols-2">
      <Fact name={text.evidence.formula} isWide>
        {definition.formula}
        <span className="text-quiet"> · {text.evidence.version(metric.version)}</span>
      </Fact>
      <Fact name={text.evidence.window}>{windowText(metric.window, text)}</Fact>
      <Fact name={text.evidence.coverage}>
        {coverageText(coverage, text)}
        {coverage !== null && coverage.months_needed > 0 && (
          <span className="text-quiet"> · {daysText(coverage, text)}</span>
        )}
      </Fact>
      <Fact name={text.evidence.nullRule} isWide>
        {definition.null_rule}
      </Fact>
      {metric.inputs.length > 0 && (
        <Fact name={text.evidence.inputs} isWide>
          {metric.inputs.map((input) => nameText(input, text)).join(', ')}
        </Fact>
      )}
      {metric.evidence.map(({ source, selector, n, input_sha }) => (
        <Fact key={`${source}/${selector}`} name={text.runs.said(text.evidence.selectors, titleOf(source))} isWide>
          {text.evidence.selected(selector, text.lineCount(n, wholeNumber(n)))}
          <code className="block font-mono text-xs break-all text-quiet">
            {text.evidence.inputHash} {input_sha}
          </code>
        </Fact>
      ))}
    </dl>
  )
}

function Fact({ name, isWide = false, children }: { name: string; isWide?: boolean; children: ReactNode }) {
  return (
    <div className={isWide ? 'sm:col-span-2' : ''}>
      <dt className="text-xs text-quiet">{name}</dt>
      <dd className="text-pretty break-words">{children}</dd>
    </div>
  )
}
