namespace Platform.Benchmarks;

/// <summary>Built files beside this one; the bench runs from the project's root.</summary>
internal static class BuiltFiles
{
    public static string FunctionApp => Path.GetFullPath("functions/bin/Release/net10.0/Platform.Functions.dll");

    public static string Self => typeof(BuiltFiles).Assembly.Location;
}
