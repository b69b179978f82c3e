namespace Platform.UserFunctions;

/// <summary>What a function in a language looks like.</summary>
/// <param name="Entrypoint">The usual one.</param>
/// <param name="Extensions">Endings of the entry file; the first is that of a lone file.</param>
/// <param name="Bootstrap">The resource that takes invocations one after another; null: the entry file is a program that runs once for each.</param>
/// <param name="Starter">Code to begin with.</param>
public sealed record FunctionLanguage(string Name, string Entrypoint, IReadOnlyList<string> Extensions, string? Bootstrap, string Starter)
{
    private const string DotnetStarter = """
        public static class Function
        {
            public static async Task<object?> Handler(JsonElement e, Context c)
            {
                var name = e.ValueKind == JsonValueKind.Object && e.TryGetProperty("name", out var given) ? given.ToString() : "world";
                return new { hello = name };
            }
        }

        """;

    private static readonly IReadOnlyList<FunctionLanguage> All =
    [
        new("node", "index.handler", [".js", ".mjs", ".cjs"], "bootstrap.cjs", "exports.handler = async (event, context) => ({ hello: event?.name ?? \"world\" });\n"),
        new("python", "main.handler", [".py"], "bootstrap.py", "def handler(event, context):\n    return {\"hello\": (event or {}).get(\"name\", \"world\")}\n"),
        new("dotnet", "Function.Handler", [".cs"], "bootstrap.cs", DotnetStarter) { IsCompiled = true },
        new("bash", "main.sh", [""], null, "event=$(cat)\necho \"{\\\"bytes\\\": ${#event}}\"\n"),
        new("ruby", "main.rb", [""], null, "require \"json\"\nevent = JSON.parse($stdin.read)\nputs({ hello: event }.to_json)\n"),
        new("php", "main.php", [""], null, "<?php\n$event = json_decode(stream_get_contents(STDIN));\necho json_encode([\"hello\" => $event]);\n"),
    ];

    /// <summary>Whether it runs as a program that packaging makes of the code and the bootstrap.</summary>
    public bool IsCompiled { get; init; }

    /// <summary>Whether a process serves many invocations.</summary>
    public bool StaysWarm => Bootstrap is not null;

    public static FunctionLanguage? Find(string name) => All.FirstOrDefault(language => language.Name == name);

    /// <summary>Whether an entrypoint has the form that the language asks for.</summary>
    public bool Takes(string entrypoint) => !StaysWarm || (entrypoint.LastIndexOf('.') is var dot and > 0 && dot < entrypoint.Length - 1 && entrypoint[dot - 1] != '/');

    /// <summary>The entry file without its ending, and the function in it; of a program the file alone.</summary>
    public (string File, string Function) Split(string entrypoint) => StaysWarm
        ? (entrypoint[..entrypoint.LastIndexOf('.')], entrypoint[(entrypoint.LastIndexOf('.') + 1)..])
        : (entrypoint, "");
}
