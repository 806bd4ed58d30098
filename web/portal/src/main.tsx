import '@mantine/core/styles.css';
import { MantineProvider, createTheme } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client';
import { App } from './app';
import { TextProvider } from './text';

const theme = createTheme({ primaryColor: 'teal', primaryShade: { light: 9, dark: 9 }, autoContrast: true, defaultRadius: 'md', cursorType: 'pointer' });
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (error instanceof ApiError && error.code === 'unauthenticated' && query.queryKey[0] !== 'session') {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
    },
  }),
  defaultOptions: { queries: { retry: (count, error) => count < 2 && error instanceof ApiError && error.code === 'unavailable' } },
});

createRoot(document.getElementById('portal')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <TextProvider>
          <App />
        </TextProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
