import { useState } from 'react'
import type { Noise } from '@/api/types'
import { Button } from '@/design/button'
import { PlayIcon } from '@/design/icons'
import { useText } from '@/i18n/text'

const NOISES = ['off', 'light', 'heavy'] as const satisfies readonly Noise[]

export function StartRun({ isBusy, onStart }: { isBusy: boolean; onStart: (noise: Noise) => void }) {
  const text = useText()
  const [noise, setNoise] = useState<Noise>('off')
  return (
    <div className="flex items-center gap-2">
      <select
        aria-label={text.runs.noise}
        title={text.runs.noise}
        value={noise}
        onChange={(event) => {
          setNoise(NOISES.find((known) => known === event.target.value) ?? 'off')
        }}
        className="min-h-8 rounded-md border border-line bg-surface px-1.5 text-sm max-sm:min-h-10"
      >
        {NOISES.map((known) => (
          <option key={known} value={known}>
            {text.runs.noises[known]}
          </option>
        ))}
      </select>
      <Button
        look="primary"
        isBusy={isBusy}
        onClick={() => {
          onStart(noise)
        }}
      >
        {!isBusy && <PlayIcon />}
        {text.runs.start}
      </Button>
    </div>
  )
}
