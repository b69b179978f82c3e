using System.Text.Json;

namespace Platform.UserFunctions;

/// <summary>Tries versions of functions before and after they begin to serve.</summary>
public sealed class FunctionProbe(FunctionInvoker invoker, FunctionRuntimes runtimes, ActiveFunctions active)
{
    private const string Failed = "probe_failed";

    /// <summary>In a worker of its own; null when all is well.</summary>
    public async Task<(string Code, string Message)?> RunAsync(UserFunction function, FunctionVersion version, Guid deploymentId)
    {
        var check = function.HealthCheck;
        if (!check.Enabled)
            return null;
        var runtime = await runtimes.FindAsync(version.Runtime, CancellationToken.None);
        if (!runtime.IsOk)
            return ("runtime_unavailable", "The runtime of this version is not installed");
        var spec = WorkerSpec.Of(ActiveFunctions.Of(function, version, ""), version, runtime.Value);
        if (check.Payload is null && !runtime.Value.Rules.StaysWarm)
            return null; // a program is not loaded without being run
        var given = check.Payload is null ? null : InvocationEvent.Parse(check.Payload);
        if (await invoker.RunAloneAsync(spec, given, check.TimeoutSeconds, InvocationTrigger.Probe, callerId: null, deploymentId) is not { } invoked)
            return ("unavailable", "Functions cannot run on this host at the moment");
        await invoker.KeepAsync(invoked, function.Name);
        return Judge(check, invoked);
    }

    /// <summary>In a worker that will serve; null when all is well.</summary>
    public async Task<(string Code, string Message)?> VerifyAsync(UserFunction function, Guid deploymentId, CancellationToken ct)
    {
        var check = function.HealthCheck;
        if (!check.Enabled)
            return null;
        active.Forget(function.Id);
        if (await active.FindAsync(function.Id, ct) is not { Version: not null } now || now.DeploymentId != deploymentId)
            return ("conflict", "Another version was brought into use meanwhile");
        var given = check.Payload is null ? null : InvocationEvent.Parse(check.Payload);
        if (await invoker.VerifyAsync(now, given, check.TimeoutSeconds) is not { } invoked)
            return ("unavailable", "Functions cannot run on this host at the moment");
        if (invoked.Record.Status == InvocationStatus.Throttled)
            return null; // it serves more than it can take
        await invoker.KeepAsync(invoked, function.Name);
        return Judge(check, invoked);
    }

    private static (string Code, string Message)? Judge(FunctionHealthCheck check, Invoked invoked)
    {
        if (invoked.Record.Status != InvocationStatus.Success)
            return (Failed, invoked.Record.Error is { } error ? $"{error.Type}: {error.Message}" : "The version did not answer");
        if (check.Payload is null || check.ExpectField is not { } path)
            return null;
        using var result = JsonDocument.Parse(invoked.Result ?? "null");
        if (Find(result.RootElement, path) is not { } found)
            return (Failed, $"The result has no member '{path}'");
        if (check.ExpectValue is not { } wanted)
            return null;
        using var expected = JsonDocument.Parse(wanted);
        return JsonElement.DeepEquals(found, expected.RootElement) ? null : (Failed, $"The result's member '{path}' is another than expected");
    }

    private static JsonElement? Find(JsonElement element, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element;
    }
}
