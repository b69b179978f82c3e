using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.Sandbox.Runtimes;

/// <summary>Fills the <see cref="RuntimeCatalog"/>: runs the version command of every candidate inside the sandbox.</summary>
internal sealed class RuntimeProbe(ISandbox sandbox, RuntimeCatalog catalog, IOptions<RuntimeOptions> options, ILogger<RuntimeProbe> logger)
{
    private const int AtOnce = 4;
    private bool _probed;

    public async Task ProbeOnceAsync(CancellationToken ct)
    {
        if (_probed)
            return;
        var wanted = options.Value.Languages.SelectMany(language => language.Versions.Select(version => (Language: language, Version: version))).ToArray();
        var answers = new RuntimeAnswers(sandbox);
        var found = new SupportedRuntime?[wanted.Length];
        await Parallel.ForAsync(0, wanted.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (i, token) =>
            found[i] = await FindAsync(wanted[i].Language, wanted[i].Version, answers, token));
        catalog.Publish([.. found.OfType<SupportedRuntime>()]);
        _probed = true;
        logger.LogInformation("Runtimes: {Runtimes}", string.Join(", ", catalog.All.Select(runtime => $"{runtime.Lang} {runtime.ActualVersion}")));
    }

    private static async Task<SupportedRuntime?> FindAsync(LanguageOptions language, string version, RuntimeAnswers answers, CancellationToken ct)
    {
        foreach (var interpreter in InterpreterSearch.Find(language.Candidates, version))
        {
            if ((await answers.VersionsAsync(language, interpreter, ct)).LastOrDefault(actual => IsRefinement(actual, version)) is { } actual)
                return Supported(language, version, actual, interpreter);
        }
        return null;
    }

    /// <summary>3.11.2 refines 3.11, 3.1 and 3.11 are different.</summary>
    internal static bool IsRefinement(string actual, string version) =>
        actual == version || (actual.StartsWith(version, StringComparison.Ordinal) && actual[version.Length] == '.');

    private static SupportedRuntime Supported(LanguageOptions language, string version, string actual, Interpreter interpreter)
    {
        var script = $"/scripts/{language.FileName}";
        return new SupportedRuntime(
            language.Lang, version, actual, language.FileName, Path.GetExtension(language.FileName).TrimStart('.'),
            [.. language.Command.Select(word => interpreter.Fill(word).Replace("{file}", script, StringComparison.Ordinal))], language.Example)
        {
            Environment = interpreter.Environment(language),
            Mounts = interpreter.Mounts,
            RunsScripts = language.Scripts ?? true,
            TmpBytes = language.TmpMb is { } mb ? (long)mb << 20 : null,
        };
    }
}
