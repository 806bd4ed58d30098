import { Suspense, lazy } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { lastPart, to } from '../parts/address';
import { Rows } from '../parts/states';

const Users = lazy(() => import('../screens/users'));
const UserPage = lazy(() => import('../screens/user'));
const Devices = lazy(() => import('../screens/devices'));
const DevicePage = lazy(() => import('../screens/device'));

/** Each screen comes when it is first opened. */
export function Screens({ first }: { first: string | undefined }) {
  return (
    <Suspense fallback={<Rows />}>
      <Switch>
        <Route path="/apps/:app/users">{({ app }) => <Users key={app} app={app} />}</Route>
        <Route path="/apps/:app/users/:user">{({ app }) => <UserPage key={lastPart()} app={app} user={lastPart()} />}</Route>
        <Route path="/apps/:app/devices">{({ app }) => <Devices key={app} app={app} />}</Route>
        <Route path="/apps/:app/devices/:device">{({ app }) => <DevicePage app={app} id={lastPart()} />}</Route>
        <Route><Redirect to={first ? to.users(first) : to.apps} replace /></Route>
      </Switch>
    </Suspense>
  );
}
