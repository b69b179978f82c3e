using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Platform.Sandbox.Runtimes;

/// <summary>Version answers by interpreter: one that several versions' candidates lead to is asked once.</summary>
internal sealed partial class RuntimeAnswers(ISandbox sandbox)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _answers = [];
    private int _asked;

    public Task<string?> VersionAsync(LanguageOptions language, Interpreter interpreter, CancellationToken ct) =>
        _answers.GetOrAdd($"{language.Lang} {interpreter.Binary}", _ => new(() => AskAsync(language, interpreter, ct))).Value;

    private async Task<string?> AskAsync(LanguageOptions language, Interpreter interpreter, CancellationToken ct)
    {
        var run = new SandboxRun
        {
            Name = $"probe-{Interlocked.Increment(ref _asked)}",
            Command = [.. language.VersionCommand.Select(interpreter.Fill)],
            Environment = interpreter.Environment(language),
            Mounts = interpreter.Mounts,
            WallTime = TimeSpan.FromSeconds(20),
        };
        var result = await sandbox.RunAsync(run, ct);
        if (result is not { Reason: SandboxReason.Exited, ExitCode: 0 })
            return null;
        return Version().Match(result.Stdout + result.Stderr) is { Success: true } match ? match.Value : null;
    }

    [GeneratedRegex(@"\d+(\.\d+)+")]
    private static partial Regex Version();
}
