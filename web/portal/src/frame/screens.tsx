import { Suspense, lazy } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { lastPart, to } from '../parts/address';
import { Boundary } from '../parts/boundary';
import { Rows } from '../parts/states';

const Overview = lazy(() => import('../screens/overview'));
const Users = lazy(() => import('../screens/users'));
const UserPage = lazy(() => import('../screens/user'));
const Devices = lazy(() => import('../screens/devices'));
const DevicePage = lazy(() => import('../screens/device'));
const Decisions = lazy(() => import('../screens/decisions'));
const OneDecision = lazy(() => import('../screens/decisions/one'));
const Policy = lazy(() => import('../screens/policy'));
const Apps = lazy(() => import('../screens/apps'));
const Log = lazy(() => import('../screens/log'));
const Admins = lazy(() => import('../screens/admins'));
const Settings = lazy(() => import('../screens/settings'));
const Account = lazy(() => import('../screens/account'));
const AppPage = lazy(() => import('../screens/app'));

/** Each screen comes when it is first opened. */
export function Screens({ first }: { first: string | undefined }) {
  const [at] = useLocation();
  return (
    <Boundary at={at}>
      <Suspense fallback={<Rows />}>
        <Switch>
          <Route path="/apps/:app/users">{({ app }) => <Users key={app} app={app} />}</Route>
          <Route path="/apps/:app/users/:user">{({ app }) => <UserPage key={lastPart()} app={app} user={lastPart()} />}</Route>
          <Route path="/apps/:app/devices">{({ app }) => <Devices key={app} app={app} />}</Route>
          <Route path="/apps/:app/devices/:device">{({ app }) => <DevicePage app={app} id={lastPart()} />}</Route>
          <Route path="/apps/:app/overview">{({ app }) => <Overview key={app} app={app} />}</Route>
          <Route path="/apps/:app/decisions">{({ app }) => <Decisions key={app} app={app} />}</Route>
          <Route path="/apps/:app/decisions/:decision">{({ app }) => <OneDecision app={app} id={lastPart()} />}</Route>
          <Route path="/apps/:app/policy">{({ app }) => <Policy key={app} app={app} />}</Route>
          <Route path="/apps">{() => <Apps />}</Route>
          <Route path="/apps/:app">{({ app }) => <AppPage key={app} app={app} />}</Route>
          <Route path="/apps/:app/log">{({ app }) => <Log key={app} app={app} />}</Route>
          <Route path="/admins">{() => <Admins />}</Route>
          <Route path="/settings">{() => <Settings />}</Route>
          <Route path="/account">{() => <Account />}</Route>
          <Route><Redirect to={first ? to.overview(first) : to.apps} replace /></Route>
        </Switch>
      </Suspense>
    </Boundary>
  );
}
