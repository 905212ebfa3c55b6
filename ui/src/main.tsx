import './look/fonts.css'
import './look/tokens.css'
import './look/base.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { get } from './api/client.ts'
import type { HostConfig } from './api/contract.ts'
import { queryClient } from './api/query.ts'
import { hostConfigUnknown, readConfigBlock, setHostConfig, withDefaults } from './api/session.ts'
import { App } from './app.tsx'
import { startRouter } from './route/router.ts'
import { preloadPage } from './route/routes.tsx'
import { startKubeflow } from './shell/kubeflow.ts'
import { startPaletteKeys } from './shell/palette-state.ts'

async function readHost(): Promise<HostConfig> {
  const block = readConfigBlock(document.getElementById('feast-config')?.textContent)
  if (block !== null) return block
  try {
    return withDefaults(await get<HostConfig>('status'))
  } catch {
    return hostConfigUnknown()
  }
}

const opened = preloadPage(startRouter())
startKubeflow()
startPaletteKeys()
setHostConfig(await readHost())
await opened

const root = document.getElementById('app')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  )
}
