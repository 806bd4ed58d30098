import { Route, Router, Switch } from 'wouter';
import { Frame } from './frame';
import { Door, Setup } from './session';

export function App() {
  return (
    <Router base="/admin">
      <Switch>
        <Route path="/setup" component={Setup} />
        <Route>
          <Door>
            <Frame />
          </Door>
        </Route>
      </Switch>
    </Router>
  );
}
