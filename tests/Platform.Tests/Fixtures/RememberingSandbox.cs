using System.Collections.Concurrent;

using Platform.Sandbox;

namespace Platform.Tests.Fixtures;

/// <summary>The sandbox of an app in a test: interpreters are asked for their versions once per process, not by every app that starts. All else is run.</summary>
internal sealed class RememberingSandbox(ISandbox inner) : ISandbox
{
    private static readonly ConcurrentDictionary<string, SandboxResult> Answers = new();

    public SandboxState State => inner.State;

    public Task<SandboxState> ProbeAsync(CancellationToken ct) => inner.ProbeAsync(ct);

    public async Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct)
    {
        if (!run.Name.StartsWith("probe-", StringComparison.Ordinal))
            return await inner.RunAsync(run, ct);
        var question = string.Join('\n', [.. run.Command, .. run.Environment.Select(pair => $"{pair.Key}={pair.Value}"), .. run.Mounts.Select(mount => mount.ToString())]);
        if (Answers.TryGetValue(question, out var known))
            return known;
        var result = await inner.RunAsync(run, ct);
        if (result.Reason == SandboxReason.Exited)
            Answers[question] = result;
        return result;
    }
}
