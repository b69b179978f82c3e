using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>Runs a version of a function, or code that is not kept, once in a worker of its own.</summary>
public sealed class TestFunction(
    PlatformDbContext db, FunctionQueries functions, FunctionRuntimes runtimes, FunctionVersions versions, FunctionInvoker invoker, TestTurns turns)
{
    public async Task<Result<Invoked>> RunAsync(UserFunction function, FunctionTest test)
    {
        if (await functions.CheckProjectAsync(function.ProjectId, CancellationToken.None) is { } archived)
            return archived;
        var spec = await SpecAsync(function, test);
        if (!spec.IsOk)
            return spec.Error;
        using var turn = turns.TryEnter(function.Id);
        if (turn is null)
            return FunctionErrors.TooManyTests;
        var given = new InvocationEvent(test.Payload, null);
        if (await invoker.RunAloneAsync(spec.Value, given, test.TimeoutSeconds ?? function.TimeoutSeconds, InvocationTrigger.Test, db.Caller.UserId, deploymentId: null) is not { } invoked)
            return FunctionErrors.Unavailable;
        await invoker.KeepAsync(invoked, function.Name);
        return invoked;
    }

    private async Task<Result<WorkerSpec>> SpecAsync(UserFunction function, FunctionTest test)
    {
        if (test.Code is not null || test.Files is not null)
            return await UnsavedAsync(function, test);
        if (await functions.VersionAsync(function.Id, test.Version ?? function.LatestVersion, CancellationToken.None) is not { } version)
            return FunctionErrors.VersionNotFound;
        var runtime = await runtimes.FindAsync(version.Runtime, CancellationToken.None);
        return runtime.IsOk ? WorkerSpec.Of(ActiveFunctions.Of(function, version, ""), version, runtime.Value) with { Extra = test.Environment ?? Nothing } : runtime.Error;
    }

    private async Task<Result<WorkerSpec>> UnsavedAsync(UserFunction function, FunctionTest test)
    {
        var runtime = await runtimes.FindAsync(function.Runtime, CancellationToken.None);
        if (!runtime.IsOk)
            return runtime.Error;
        var code = await versions.PackAsync(new CodeSource(test.Code, test.Files, null), runtime.Value, function.Entrypoint, CancellationToken.None);
        return code.IsOk
            ? new WorkerSpec
            {
                Function = ActiveFunctions.Of(function, null, ""),
                Runtime = runtime.Value,
                Entrypoint = function.Entrypoint,
                Sha256 = null,
                NeedsCompiling = runtime.Value.Rules.IsCompiled,
                Version = 0,
                Unsaved = code.Value.Packed,
                Extra = test.Environment ?? Nothing,
            }
            : code.Error;
    }

    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();
}
