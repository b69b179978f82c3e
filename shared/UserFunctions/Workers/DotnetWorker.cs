using System.Globalization;
using System.Text.Json;

namespace Platform.UserFunctions;

/// <summary>How .NET is told to run in a function's process. A variable of the function (<c>DOTNET_…</c>) wins over all of it.</summary>
internal static class DotnetWorker
{
    public const string ConfigurationFile = "function.runtimeconfig.json";
    public const string ProcessorsVariable = "DOTNET_PROCESSOR_COUNT";

    // What a small process has beside its heap.
    private const int BesideHeapMb = 40;
    private const int SmallMb = 128;

    /// <summary>It would count the cores of the host.</summary>
    public static string Processors(double cores) => Math.Ceiling(cores).ToString(CultureInfo.InvariantCulture);

    /// <summary>A runtimeconfig.json: any patch of the framework that the code was compiled for, started quickly, with a heap that leaves room for the rest of the process.</summary>
    public static ReadOnlyMemory<byte> Configuration(DotnetSdk sdk, int memoryMb) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        runtimeOptions = new
        {
            framework = new { name = "Microsoft.NETCore.App", version = $"{sdk.Major}.0.0" },
            configProperties = new Dictionary<string, object>
            {
                ["System.GC.HeapHardLimit"] = HeapMb(memoryMb) << 20,
                ["System.GC.Concurrent"] = false,
                ["System.Runtime.TieredPGO"] = false,
                ["System.Globalization.Invariant"] = true,
            },
        },
    });

    // Below it the collector works harder. A small function would lose too much; its limit is the sandbox's alone.
    private static long HeapMb(int memoryMb) => memoryMb < SmallMb ? memoryMb : memoryMb - BesideHeapMb;
}
