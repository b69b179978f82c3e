using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.UserFunctions;

/// <summary>Invokes functions for callers of the API.</summary>
public sealed class InvokeFunction(ActiveFunctions active, FunctionInvoker invoker, ProjectDirectory projects, Caller caller, CallerScope scope, TimeProvider clock)
{
    private static readonly TimeSpan LongestDeployment = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>The function, if it is there (404) and the caller may invoke it (403).</summary>
    public async ValueTask<Result<ActiveFunction>> FindAsync(Guid id, CancellationToken ct)
    {
        if (await active.FindAsync(id, ct) is not { } found || found.OrganizationId != caller.OrganizationId || !caller.Reaches(found.ProjectId))
            return FunctionErrors.NotFound;
        return caller.CanIn(found.ProjectId, Permissions.FunctionsInvoke) ? found : PermissionErrors.Missing(caller, Permissions.FunctionsInvoke);
    }

    /// <summary>Runs the active version. When the caller goes it ends and is recorded all the same.</summary>
    public async Task<Result<InvocationView>> RunAsync(ActiveFunction function, Invocation wanted, CancellationToken ct)
    {
        var invoked = await RunAsync(function, new InvocationEvent(wanted.Payload, wanted.Headers), ct);
        if (!invoked.IsOk)
            return invoked.Error;
        var view = InvocationView.Of(invoked.Value, allLines: false);
        return view.Status == InvocationStatus.Success ? view : FunctionErrors.Of(view.Status, view);
    }

    /// <summary>As the other one; its record says how it ended.</summary>
    internal async Task<Result<Invoked>> RunAsync(ActiveFunction function, InvocationEvent given, CancellationToken ct)
    {
        if (await projects.FindAsync(function.ProjectId, ct) is not { } project)
            return FunctionErrors.NotFound;
        if (project.Status == ProjectStatus.Archived)
            return FunctionErrors.ProjectArchived;
        var ready = await ReadyAsync(function, ct);
        if (!ready.IsOk)
            return ready.Error;
        return await invoker.InvokeAsync(ready.Value, given, caller.UserId, scope.CorrelationId).WaitAsync(ct) is { } invoked ? invoked : FunctionErrors.Unavailable;
    }

    private async Task<Result<ActiveFunction>> ReadyAsync(ActiveFunction function, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            if (!function.Enabled)
                return FunctionErrors.Disabled;
            if (function.Version is not null)
                return function;
            if (function.Status != FunctionStatus.Deploying || clock.GetElapsedTime(began) > LongestDeployment)
                return FunctionErrors.NotDeployed;
            await Task.Delay(BetweenLooks, clock, ct);
            active.Forget(function.Id);
            if (await active.FindAsync(function.Id, ct) is not { } again)
                return FunctionErrors.NotFound;
            function = again;
        }
    }
}
