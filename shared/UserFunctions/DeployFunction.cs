using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>
/// The steps of a deployment (delivery §12.1). Each may run again after a crash: it begins anew as long as the row does not say that it is done. False ends the deployment; the row
/// then says how.
/// </summary>
public sealed class DeployFunction(PlatformDbContext db, FunctionPackager packager, FunctionProbe probe, DeploymentSwitch pointer, TimeProvider clock, ILogger<DeployFunction> log)
{
    private const string Internal = "internal_error";
    private const string OutOfTime = "deployment_timeout";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Checks what is to be deployed and installs what it depends on, or compiles it.</summary>
    public async Task<bool> PackageAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } work)
            return false;
        var (deployment, function, version) = work;
        var now = clock.GetUtcNow();
        var starts = deployment.Status == DeploymentStatus.Queued;
        if (deployment.Begin("validate", DeploymentStatus.Packaging, now))
            deployment.End("validate", now);
        if (starts)
            db.Raise(DeploymentStarted.Of(deployment, function.Name));
        if (!deployment.Begin("package", DeploymentStatus.Packaging, now))
            return await SaveAsync(work, ct);
        if (!await SaveAsync(work, ct))
            return false;
        if (version.PackageSha256 is not null)
        {
            deployment.End("package", clock.GetUtcNow(), "Was packaged before");
            return await SaveAsync(work, ct);
        }

        if (await PackAsync(work, ct) is not { } packaged)
            return false;
        deployment.PackageLog = packaged.Log;
        if (packaged.Error is { } error)
            return await FailAsync(work, error.Code, error.Message, ct);
        version.PackageSha256 = packaged.Sha256;
        deployment.End("package", clock.GetUtcNow(), packaged.Sha256 is null ? "Nothing to install" : null, packaged.Sha256 is null ? StepStatus.Skipped : StepStatus.Succeeded);
        var goesOn = await SaveAsync(work, ct);
        if (!goesOn && packaged.Sha256 is { } orphan)
            await packager.DropAsync(version.FunctionId, orphan, ct);
        return goesOn;
    }

    /// <summary>Loads the code in a worker of its own and, where the function says so, invokes it.</summary>
    public async Task<bool> ProbeAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } work)
            return false;
        if (!work.Deployment.Begin("probe", DeploymentStatus.Probing, clock.GetUtcNow()))
            return true;
        if (!await SaveAsync(work, ct))
            return false;
        if (await probe.RunAsync(work.Function, work.Version, id) is { } failed)
            return await FailAsync(work, failed.Code, failed.Message, ct);
        work.Deployment.End("probe", clock.GetUtcNow());
        return await SaveAsync(work, ct);
    }

    /// <summary>Brings the version into use: one transaction.</summary>
    public async Task<bool> SwitchAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } work)
            return false;
        if (!work.Deployment.Begin("switch", DeploymentStatus.Switching, clock.GetUtcNow()))
            return true;
        pointer.Set(work.Function, work.Deployment);
        work.Deployment.End("switch", clock.GetUtcNow());
        return await SaveAsync(work, ct);
    }

    /// <summary>Asks the version that serves now; when it does not answer, the one before serves again.</summary>
    public async Task<bool> VerifyAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } work)
            return false;
        if (!work.Deployment.Begin("verify", DeploymentStatus.Switching, clock.GetUtcNow()))
            return true;
        if (await probe.VerifyAsync(work.Function, id, ct) is not { } failed)
        {
            work.Deployment.End("verify", clock.GetUtcNow());
            return await SaveAsync(work, ct);
        }

        pointer.Restore(work.Function, work.Deployment);
        return await EndAsync(work, DeploymentStatus.RolledBack, failed.Code, failed.Message, ct) && false;
    }

    /// <summary>Lets the workers of the version before go, and ends the deployment.</summary>
    public async Task<bool> CompleteAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } work)
            return false;
        var now = clock.GetUtcNow();
        pointer.Tell(work.Function.Id); // the workers of what served before end what they do and go
        if (work.Deployment.Begin("drain", DeploymentStatus.Switching, now))
            work.Deployment.End("drain", now);
        if (work.Deployment.Begin("complete", DeploymentStatus.Switching, now))
            work.Deployment.End("complete", now);
        return await EndAsync(work, DeploymentStatus.Succeeded, null, null, ct);
    }

    /// <summary>Ends it where it stands: the time is over, or a step has failed for good, which is a fault of the platform.</summary>
    public async Task AbandonAsync(Guid id, bool outOfTime, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } work)
            return;
        var switched = work.Function.ActiveDeploymentId == id;
        if (switched)
            pointer.Restore(work.Function, work.Deployment);
        var (code, message) = outOfTime ? (OutOfTime, "The deployment took longer than it may") : (Internal, "The platform could not carry the deployment out");
        log.Log(outOfTime ? LogLevel.Warning : LogLevel.Error, "Deployment {DeploymentId} was abandoned: {Code}", id, code);
        await EndAsync(work, switched ? DeploymentStatus.RolledBack : DeploymentStatus.Failed, code, message, ct);
    }

    // Null when the deployment has ended meanwhile: its function was deleted, or its time is over.
    private async Task<Packaged?> PackAsync(Work work, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var packing = packager.RunAsync(work.Version, stop.Token);
        try
        {
            while (!stop.IsCancellationRequested && await Task.WhenAny(packing, Task.Delay(Look, clock, ct)) != packing)
            {
                if (!await db.FunctionDeployments.AnyAsync(row => row.Id == work.Deployment.Id && row.FinishedAt == null, ct))
                    await stop.CancelAsync();
            }

            return await packing;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)packing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Work?> FindAsync(Guid id, CancellationToken ct)
    {
        if (await db.FunctionDeployments.SingleOrDefaultAsync(deployment => deployment.Id == id, ct) is not { IsLive: true } deployment)
            return null;
        var function = await db.UserFunctions.SingleOrDefaultAsync(function => function.Id == deployment.FunctionId, ct);
        var version = await db.FunctionVersions.SingleOrDefaultAsync(version => version.FunctionId == deployment.FunctionId && version.Number == deployment.VersionNumber, ct);
        return function is not null && version is not null ? new Work(deployment, function, version) : null;
    }

    private Task<bool> FailAsync(Work work, string code, string message, CancellationToken ct) => EndAsync(work, DeploymentStatus.Failed, code, message, ct, goesOn: false);

    private async Task<bool> EndAsync(Work work, DeploymentStatus status, string? code, string? message, CancellationToken ct, bool goesOn = true)
    {
        work.Deployment.Finish(status, clock.GetUtcNow(), code, message);
        db.Raise(DeploymentCompleted.Of(work.Deployment, work.Function.Name));
        return await SaveAsync(work, ct) && goesOn;
    }

    // False when the function was deleted meanwhile. A change of its settings in the same moment comes as an exception, and the step again.
    private async Task<bool> SaveAsync(Work work, CancellationToken ct)
    {
        var (deployment, function, _) = work;
        if (function.LatestDeploymentId == deployment.Id && function.LatestDeploymentStatus != deployment.Status)
        {
            function.LatestDeploymentStatus = deployment.Status;
            function.Touch(clock.GetUtcNow());
        }

        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException) when (!db.UserFunctions.Any(row => row.Id == function.Id))
        {
            return false;
        }

        pointer.Tell(function.Id);
        return true;
    }

    private sealed record Work(FunctionDeployment Deployment, UserFunction Function, FunctionVersion Version);
}
