using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Platform.Sandbox.Runtimes;

/// <summary>Version answers by interpreter: one that several versions' candidates lead to is asked once.</summary>
internal sealed partial class RuntimeAnswers(ISandbox sandbox)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<string>>>> _answers = [];
    private int _asked;

    public Task<IReadOnlyList<string>> VersionsAsync(LanguageOptions language, Interpreter interpreter, CancellationToken ct) =>
        _answers.GetOrAdd($"{language.Lang} {interpreter.Binary}", _ => new(() => AskAsync(language, interpreter, ct))).Value;

    private async Task<IReadOnlyList<string>> AskAsync(LanguageOptions language, Interpreter interpreter, CancellationToken ct)
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
            return [];
        return VersionsOf(result.Stdout + result.Stderr);
    }

    /// <summary>Versions at the beginnings of lines, or else the first one in the text.</summary>
    internal static IReadOnlyList<string> VersionsOf(string answer) => Listed().Matches(answer) is { Count: > 0 } list
        ? [.. list.Select(match => match.Value)]
        : Version().Match(answer) is { Success: true } match ? [match.Value] : [];

    [GeneratedRegex(@"^\d+(\.\d+)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Listed();

    [GeneratedRegex(@"\d+(\.\d+)+")]
    private static partial Regex Version();
}
