using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>A process of a function in the sandbox.</summary>
internal static class WorkerRun
{
    public const string CodeFolder = "/function";
    public const string SocketFolder = "/platform";
    public const string SocketName = "worker.sock";
    public const string TokenVariable = "PLATFORM_WORKER_TOKEN";

    private const string BootstrapPath = "/scripts/";
    private const long TmpBytes = 64L << 20;
    private static readonly TimeSpan Endless = TimeSpan.FromDays(365);

    /// <summary>A process that stays and takes invocations over its socket.</summary>
    public static SandboxRun Staying(Guid id, WorkerSpec spec, IReadOnlyDictionary<string, string> environment, string codeFolder, string socketFolder, double cores) =>
        Common(id, spec, environment, codeFolder, cores) with
        {
            Command = [spec.Runtime.Interpreter, .. Program(spec)],
            Files = FilesOf(spec),
            Mounts = [.. spec.Runtime.Mounts, new SandboxMount(codeFolder, CodeFolder), new SandboxMount(socketFolder, SocketFolder)],
            WallTime = Endless,
            StdoutLimit = 1,
            StderrLimit = 4096,
        };

    /// <summary>A process for one invocation: the event on its standard input, the result on its standard output.</summary>
    public static SandboxRun Once(Guid id, WorkerSpec spec, IReadOnlyDictionary<string, string> environment, string codeFolder, double cores) =>
        Common(id, spec, environment, codeFolder, cores) with { Command = [spec.Runtime.Interpreter, $"{CodeFolder}/{spec.Entrypoint}"] };

    private static SandboxRun Common(Guid id, WorkerSpec spec, IReadOnlyDictionary<string, string> environment, string codeFolder, double cores)
    {
        var memory = (long)spec.Function.MemoryMb << 20;
        var variables = new Dictionary<string, string>(spec.Runtime.Environment);
        if (spec.Runtime.Sdk is not null)
            variables[DotnetWorker.ProcessorsVariable] = DotnetWorker.Processors(cores);
        foreach (var (name, value) in environment.Where(pair => !IsOfTheLoader(pair.Key)))
            variables[name] = value;
        return new SandboxRun
        {
            Name = $"function-{id:N}",
            Command = [],
            Environment = variables,
            Mounts = [.. spec.Runtime.Mounts, new SandboxMount(codeFolder, CodeFolder)],
            WorkingDirectory = CodeFolder,
            MemoryBytes = memory,
            TmpBytes = Math.Min(TmpBytes, memory / 2),
            CpuCores = cores,
            Network = spec.Function.Network == FunctionNetwork.Egress ? SandboxNetwork.Public : SandboxNetwork.None,
            Grace = TimeSpan.Zero,
        };
    }

    /// <summary>Variables that the sandbox lets nobody set for the start of a program; the program itself finds them all the same.</summary>
    public static bool IsOfTheLoader(string name) => name.StartsWith("LD_", StringComparison.Ordinal);

    private static IEnumerable<string> Program(WorkerSpec spec) => spec.Runtime switch
    {
        { Sdk: not null } => ["exec", "--runtimeconfig", BootstrapPath + DotnetWorker.ConfigurationFile, $"{CodeFolder}/{FunctionCompiler.ProgramPath}"],
        { Language: "node" } => [.. NodeOptions(spec), BootstrapPath + spec.Runtime.Rules.Bootstrap],
        _ => [BootstrapPath + spec.Runtime.Rules.Bootstrap],
    };

    private static Dictionary<string, ReadOnlyMemory<byte>> FilesOf(WorkerSpec spec) => spec.Runtime.Sdk is { } sdk
        ? new() { [DotnetWorker.ConfigurationFile] = DotnetWorker.Configuration(sdk, spec.Function.MemoryMb) }
        : new() { [spec.Runtime.Rules.Bootstrap!] = Bootstraps.Find(spec.Runtime.Rules.Bootstrap!) };

    // The engine's own limit must not come before the function's.
    private static IEnumerable<string> NodeOptions(WorkerSpec spec)
    {
        yield return $"--max-old-space-size={spec.Function.MemoryMb}";
        if (spec.Runtime.StripsTypes)
            yield return "--experimental-strip-types";
    }
}

/// <summary>The programs that load functions.</summary>
internal static class Bootstraps
{
    /// <summary>The sources that are compiled with the code of a C# function.</summary>
    public static readonly IReadOnlyList<string> Dotnet = ["bootstrap.cs", "bootstrap.context.cs", "bootstrap.output.cs"];

    public static ReadOnlyMemory<byte> Find(string name) => All.Value[name];

    private static readonly Lazy<Dictionary<string, byte[]>> All = new(() => new[] { "bootstrap.cjs", "bootstrap.py" }.Concat(Dotnet).ToDictionary(name => name, Read));

    private static byte[] Read(string name)
    {
        using var stream = typeof(Bootstraps).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
