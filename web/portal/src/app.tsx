import { Route, Router, Switch } from 'wouter';
import { Frame } from './frame';
import { Boundary } from './parts/boundary';
import { Door, Returned, Setup } from './session';

export function App() {
  return (
    <Boundary>
      <Router base="/admin">
        <Switch>
          <Route path="/setup" component={Setup} />
          <Route path="/signed-in" component={Returned} />
          <Route>
            <Door>
              <Frame />
            </Door>
          </Route>
        </Switch>
      </Router>
    </Boundary>
  );
}
