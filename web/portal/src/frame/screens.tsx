import { Suspense, lazy } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { lastPart, to } from '../parts/address';
import { Rows } from '../parts/states';

const Users = lazy(() => import('../screens/users'));
const UserPage = lazy(() => import('../screens/user'));
const Devices = lazy(() => import('../screens/devices'));
const DevicePage = lazy(() => import('../screens/device'));
const Apps = lazy(() => import('../screens/apps'));
const Log = lazy(() => import('../screens/log'));
const Admins = lazy(() => import('../screens/admins'));
const Account = lazy(() => import('../screens/account'));
const AppPage = lazy(() => import('../screens/app'));

/** Each screen comes when it is first opened. */
export function Screens({ first }: { first: string | undefined }) {
  return (
    <Suspense fallback={<Rows />}>
      <Switch>
        <Route path="/apps/:app/users">{({ app }) => <Users key={app} app={app} />}</Route>
        <Route path="/apps/:app/users/:user">{({ app }) => <UserPage key={lastPart()} app={app} user={lastPart()} />}</Route>
        <Route path="/apps/:app/devices">{({ app }) => <Devices key={app} app={app} />}</Route>
        <Route path="/apps/:app/devices/:device">{({ app }) => <DevicePage app={app} id={lastPart()} />}</Route>
        <Route path="/apps">{() => <Apps />}</Route>
        <Route path="/apps/:app">{({ app }) => <AppPage key={app} app={app} />}</Route>
        <Route path="/apps/:app/log">{({ app }) => <Log key={app} app={app} />}</Route>
        <Route path="/admins">{() => <Admins />}</Route>
        <Route path="/account">{() => <Account />}</Route>
        <Route><Redirect to={first ? to.users(first) : to.apps} replace /></Route>
      </Switch>
    </Suspense>
  );
}
