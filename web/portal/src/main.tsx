import '@mantine/core/styles.css';
import './motion.css';
import { MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client';
import { App } from './app';
import { TextProvider } from './text';
import { contrasts, theme } from './theme';

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
Object.assign(globalThis, { __webpack_nonce__: nonce }); // what get-nonce looks for, for the style by which a dialogue holds the page still

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (error instanceof ApiError && (error.code === 'unauthenticated' || error.code === 'device_required') && query.queryKey[0] !== 'session') {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
    },
  }),
  defaultOptions: { queries: { retry: (count, error) => count < 2 && error instanceof ApiError && error.code === 'unavailable' } },
});

createRoot(document.getElementById('portal')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={contrasts} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <TextProvider>
          <App />
        </TextProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
