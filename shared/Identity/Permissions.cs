namespace Platform.Identity;

/// <summary>
/// The names of the permission registry, <c>resource:action</c>. <see cref="PermissionRegistry"/> says which role holds which.
/// A name that begins with <c>platform:</c> is held by interactive operators only and can be in no role, scope or wildcard.
/// </summary>
public static class Permissions
{
    /// <summary>No credential needed; a valid one may enrich the answer, a bad one counts as none.</summary>
    public const string Public = "public";

    public const string ProfileRead = "profile:read";
    public const string ProfileWrite = "profile:write";

    public const string UserSettingsRead = "user_settings:read";
    public const string UserSettingsWrite = "user_settings:write";

    public const string NotificationsRead = "notifications:read";
    public const string NotificationsWrite = "notifications:write";

    public const string ExecutionsRead = "executions:read";
    public const string ExecutionsRun = "executions:run";

    public const string ScriptsRead = "scripts:read";
    public const string ScriptsWrite = "scripts:write";

    public const string EventsRead = "events:read";

    public const string SagasRead = "sagas:read";
    public const string SagasCancel = "sagas:cancel";

    public const string DlqRead = "dlq:read";
    public const string DlqManage = "dlq:manage";
    public const string DlqPolicy = "dlq:policy";

    public const string BuildsRead = "builds:read";
    public const string BuildsCreate = "builds:create";
    public const string BuildsCancel = "builds:cancel";
    public const string BuildsReport = "builds:report";
    public const string BuildsHooks = "builds:hooks";

    public const string FunctionsRead = "functions:read";
    public const string FunctionsLogs = "functions:logs";
    public const string FunctionsCreate = "functions:create";
    public const string FunctionsUpdate = "functions:update";
    public const string FunctionsDelete = "functions:delete";
    public const string FunctionsInvoke = "functions:invoke";
    public const string FunctionsDeploy = "functions:deploy";

    public const string MetricsRead = "metrics:read";
    public const string MetricsWrite = "metrics:write";

    public const string AlertsRead = "alerts:read";
    public const string AlertsManage = "alerts:manage";
    public const string AlertsRespond = "alerts:respond";

    public const string DatabasesRead = "databases:read";
    public const string DatabasesCreate = "databases:create";
    public const string DatabasesUpdate = "databases:update";
    public const string DatabasesQuery = "databases:query";
    public const string DatabasesExecute = "databases:execute";
    public const string DatabasesBackup = "databases:backup";
    public const string DatabasesDelete = "databases:delete";
    public const string DatabasesRestore = "databases:restore";
    public const string DatabasesCredentials = "databases:credentials";

    public const string EnvRead = "env:read";
    public const string EnvWrite = "env:write";

    public const string SettingsRead = "settings:read";
    public const string SettingsManage = "settings:manage";

    public const string DomainsRead = "domains:read";
    public const string DomainsManage = "domains:manage";

    public const string WebhooksRead = "webhooks:read";
    public const string WebhooksManage = "webhooks:manage";

    public const string TokensRead = "tokens:read";
    public const string TokensManage = "tokens:manage";
    public const string TokensAdmin = "tokens:admin";

    public const string RolesRead = "roles:read";
    public const string RolesManage = "roles:manage";
    public const string RolesAssign = "roles:assign";

    public const string TeamRead = "team:read";
    public const string TeamActivity = "team:activity";
    public const string TeamInvite = "team:invite";
    public const string TeamManage = "team:manage";

    public const string AuditRead = "audit:read";

    public const string OrganizationsRead = "organizations:read";
    public const string OrganizationsUpdate = "organizations:update";
    public const string OrganizationsDelete = "organizations:delete";

    public const string ProjectsRead = "projects:read";
    public const string ProjectsUpdate = "projects:update";
    public const string ProjectsManageMembers = "projects:manage_members";
    public const string ProjectsCreate = "projects:create";
    public const string ProjectsDelete = "projects:delete";

    public const string TestsRead = "tests:read";
    public const string TestsCreate = "tests:create";
    public const string TestsUpdate = "tests:update";
    public const string TestsRun = "tests:run";
    public const string TestsDelete = "tests:delete";

    public const string JobsRead = "jobs:read";
    public const string JobsCreate = "jobs:create";
    public const string JobsUpdate = "jobs:update";
    public const string JobsTrigger = "jobs:trigger";
    public const string JobsDelete = "jobs:delete";

    public const string MonitorsRead = "monitors:read";
    public const string MonitorsCreate = "monitors:create";
    public const string MonitorsUpdate = "monitors:update";
    public const string MonitorsManage = "monitors:manage";
    public const string MonitorsDelete = "monitors:delete";

    public const string StatusPagesRead = "status_pages:read";
    public const string StatusPagesCreate = "status_pages:create";
    public const string StatusPagesUpdate = "status_pages:update";
    public const string StatusPagesDelete = "status_pages:delete";

    public const string NotificationProvidersRead = "notification_providers:read";
    public const string NotificationProvidersCreate = "notification_providers:create";
    public const string NotificationProvidersUpdate = "notification_providers:update";
    public const string NotificationProvidersDelete = "notification_providers:delete";

    public const string TagsRead = "tags:read";
    public const string TagsCreate = "tags:create";
    public const string TagsUpdate = "tags:update";
    public const string TagsDelete = "tags:delete";

    public const string RunsRead = "runs:read";
    public const string RunsCancel = "runs:cancel";
    public const string RunsDelete = "runs:delete";
    public const string RunsExport = "runs:export";

    public const string JobKeysRead = "job_keys:read";
    public const string JobKeysCreate = "job_keys:create";
    public const string JobKeysUpdate = "job_keys:update";
    public const string JobKeysDelete = "job_keys:delete";

    public const string VariablesRead = "variables:read";
    public const string VariablesCreate = "variables:create";
    public const string VariablesUpdate = "variables:update";
    public const string VariablesDecrypt = "variables:decrypt";
    public const string VariablesDelete = "variables:delete";

    public const string TasksRead = "tasks:read";
    public const string TasksWrite = "tasks:write";

    public const string ReposRead = "repos:read";
    public const string ReposWrite = "repos:write";

    public const string ConnectorsRead = "connectors:read";
    public const string ConnectorsWrite = "connectors:write";

    public const string InferenceRead = "inference:read";
    public const string InferenceInvoke = "inference:invoke";

    public const string InferenceKeysManage = "inference_keys:manage";

    public const string WorkbenchRead = "workbench:read";
    public const string WorkbenchWrite = "workbench:write";

    public const string CostsRead = "costs:read";

    public const string CatalogRead = "catalog:read";

    public const string InstancesManage = "instances:manage";

    public const string DeploymentsCreate = "deployments:create";

    public const string ProviderParamsRead = "provider_params:read";
    public const string ProviderParamsManage = "provider_params:manage";

    public const string ReconcileRun = "reconcile:run";

    public const string PlatformUsers = "platform:users";
    public const string PlatformOrganizations = "platform:organizations";
    public const string PlatformStats = "platform:stats";
    public const string PlatformSettings = "platform:settings";
    public const string PlatformAudit = "platform:audit";
    public const string PlatformImpersonate = "platform:impersonate";
    public const string PlatformQueues = "platform:queues";
    public const string PlatformScheduler = "platform:scheduler";
    public const string PlatformLocations = "platform:locations";
    public const string PlatformEvents = "platform:events";
    public const string PlatformReplay = "platform:replay";
    public const string PlatformExecutions = "platform:executions";
    public const string PlatformCatalog = "platform:catalog";
    public const string PlatformInference = "platform:inference";
}
