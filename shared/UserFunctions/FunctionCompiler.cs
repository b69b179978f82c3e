using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>What compiling came to.</summary>
/// <param name="Reason">How the compiler's process ended.</param>
/// <param name="Log">What it printed: warnings, and errors.</param>
/// <param name="Error">The first errors, one a line; null: the program is in the folder.</param>
public sealed record Compilation(SandboxReason Reason, string Log, string? Error);

/// <summary>
/// Makes a program of the C# files of a function and the bootstrap, in the sandbox and without a network. The compiler reads the folder and writes to the sandbox's memory,
/// so that nothing in the folder changes hands.
/// </summary>
public sealed partial class FunctionCompiler(ISandbox sandbox)
{
    /// <summary>Where the program lies in a function's folder.</summary>
    public const string ProgramPath = $"{ProgramFolder}/{ProgramName}";

    /// <summary>Mebibytes that the compiler may take.</summary>
    public const int MemoryMb = 512;

    /// <summary>Errors that are told beside the log.</summary>
    internal const int MaxErrors = 5;

    private const string ProgramFolder = ".compiled";
    private const string ProgramName = "function.dll";
    private const string SandboxOutput = "/output";
    private const string Scripts = "/scripts/";
    private const string ResponseFile = "options.rsp";
    private const string UsingsFile = "usings.cs";
    private const int MaxFiles = 500;

    /// <summary>Those of the SDK, and the type that handlers are given.</summary>
    private const string Usings = """
        global using global::System;
        global using global::System.Collections.Generic;
        global using global::System.IO;
        global using global::System.Linq;
        global using global::System.Net.Http;
        global using global::System.Text.Json;
        global using global::System.Threading;
        global using global::System.Threading.Tasks;
        global using Context = global::Platform.Runtime.Context;
        """;

    /// <summary>Compiles what is in <paramref name="folder"/> into <see cref="ProgramPath"/> of the same.</summary>
    public async Task<Compilation> CompileAsync(FunctionRuntime runtime, string folder, TimeSpan longest, CancellationToken ct)
    {
        Clear(Path.Combine(folder, ProgramFolder)); // of an archive that was made of such a folder, or of somebody who hopes that it is run as it is
        CodeFolders.Open(folder);
        var files = SourcesOf(folder);
        if (files.Count > MaxFiles)
            return new Compilation(SandboxReason.Exited, "", $"The code has more than {MaxFiles} C# files");
        var result = await sandbox.RunAsync(RunOf(runtime, folder, files) with { WallTime = longest }, ct);
        ct.ThrowIfCancellationRequested();
        var log = LogOf(result);
        if (result is not { Reason: SandboxReason.Exited, ExitCode: 0 })
            return new Compilation(result.Reason, log, ErrorOf(result, log));
        if (result.Files.FirstOrDefault(file => file.Name == ProgramName) is not { } program)
            return new Compilation(result.Reason, log, "The compiled code is too large");
        Directory.CreateDirectory(Path.Combine(folder, ProgramFolder));
        await File.WriteAllBytesAsync(Path.Combine(folder, ProgramPath), program.Content, ct);
        CodeFolders.Open(Path.Combine(folder, ProgramFolder));
        return new Compilation(result.Reason, log, null);
    }

    private static SandboxRun RunOf(FunctionRuntime runtime, string folder, IReadOnlyList<string> files) => new()
    {
        Name = $"compile-{Guid.CreateVersion7():N}",
        Command = [runtime.Interpreter, "exec", runtime.Sdk!.Compiler, "-noconfig", $"@{Scripts}{ResponseFile}"],
        Arguments = files,
        Environment = new Dictionary<string, string>(runtime.Environment) { ["DOTNET_TieredPGO"] = "0", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" },
        Files = new Dictionary<string, ReadOnlyMemory<byte>>(Bootstraps.Dotnet.Select(name => KeyValuePair.Create(name, Bootstraps.Find(name))))
        {
            [ResponseFile] = Encoding.UTF8.GetBytes(string.Join('\n', OptionsOf(runtime.Sdk).Select(option => $"\"{option}\""))),
            [UsingsFile] = Encoding.UTF8.GetBytes(Usings),
        },
        Mounts = [.. runtime.Mounts, new SandboxMount(folder, WorkerRun.CodeFolder)],
        WorkingDirectory = WorkerRun.CodeFolder,
        MemoryBytes = (long)MemoryMb << 20,
        CollectOutput = true,
        OpenFiles = 1024,
    };

    // Line numbers stay with the program, for stacks. Deterministic: the same code is the same blob.
    private static IEnumerable<string> OptionsOf(DotnetSdk sdk) =>
    [
        "-nologo", "-nostdlib", "-utf8output", "-deterministic", "-optimize", "-debug:embedded", "-nullable:enable", "-nowarn:1701,1702,CS1998",
        $"-define:TRACE;RELEASE;NET;NETCOREAPP;NET{sdk.Major}_0;{string.Join(';', Enumerable.Range(5, sdk.Major - 4).Select(major => $"NET{major}_0_OR_GREATER"))}",
        "-target:exe", "-main:Platform.Runtime.Bootstrap", $"-out:{SandboxOutput}/{ProgramName}",
        .. Directory.GetFiles(sdk.References, "*.dll").Order(StringComparer.Ordinal).Select(path => $"-reference:{path}"),
        .. sdk.Generators.Select(path => $"-analyzer:{path}"),
        Scripts + UsingsFile, .. Bootstraps.Dotnet.Select(name => Scripts + name),
    ];

    // As the SDK does it: all but what builds have left. Relative names, which messages repeat and which cannot be taken for options.
    private static List<string> SourcesOf(string folder) =>
    [
        .. CodeFolders.EntriesOf(folder).OfType<FileInfo>().Select(file => Path.GetRelativePath(folder, file.FullName))
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal) && !path.StartsWith("obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(path => "./" + path),
    ];

    private static string ErrorOf(SandboxResult result, string log)
    {
        if (result.Reason == SandboxReason.Timeout)
            return "Compiling took too long";
        if (result.Reason == SandboxReason.Oom)
            return "The compiler needed more memory than it may have";
        var errors = log.Split('\n').Where(line => line.Contains("error CS", StringComparison.Ordinal)).ToList();
        return errors.Count switch
        {
            0 => $"The compiler ended with exit code {result.ExitCode}",
            > MaxErrors => string.Join('\n', [.. errors.Take(MaxErrors), $"and {errors.Count - MaxErrors} more"]),
            _ => string.Join('\n', errors),
        };
    }

    // The compiler works on several files and methods at once and tells what it finds as it comes.
    private static string LogOf(SandboxResult result) =>
        string.Join('\n', $"{result.Stdout}{result.Stderr}".Trim().Split('\n').Select(line => (Line: line, Place: Place().Match(line))).OrderBy(found => found.Place.Groups["file"].Value, StringComparer.Ordinal)
            .ThenBy(found => NumberOf(found.Place.Groups["line"])).ThenBy(found => NumberOf(found.Place.Groups["column"])).Select(found => found.Line));

    private static int NumberOf(Group group) => int.TryParse(group.Value, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^(?<file>.*)\((?<line>\d+),(?<column>\d+)\): ", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Place();

    private static void Clear(string path)
    {
        if (new DirectoryInfo(path) is { Exists: true, LinkTarget: null } folder)
            folder.Delete(recursive: true);
        else
            File.Delete(path);
    }
}
