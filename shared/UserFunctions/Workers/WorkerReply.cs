using System.Text.Json;

namespace Platform.UserFunctions;

/// <summary>A frame from a worker.</summary>
internal sealed record WorkerReply(string Type, int Marks, long Us, long CpuUs, long RssKb, string? Token, InvocationError? Error, string? Result)
{
    /// <summary>A worker that lacks memory and is of no more use; others are killed before they can tell.</summary>
    public const string OutOfMemory = "outOfMemory";

    private const int MaxText = 2000;
    private const int MaxStack = 16 * 1024;
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>Null when it is no such frame.</summary>
    public static WorkerReply? Read(ReadOnlyMemory<byte> frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame, Deep);
            var root = document.RootElement;
            return new WorkerReply(
                Text(root, "type") ?? "",
                (int)Math.Clamp(Number(root, "marks"), 0, 1),
                Number(root, "us"),
                Number(root, "cpuUs"),
                Number(root, "rssKb"),
                Text(root, "token"),
                root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? ReadError(error) : null,
                root.TryGetProperty("result", out var result) ? result.GetRawText() : null);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static InvocationError ReadError(JsonElement error) =>
        new(Cut(Text(error, "type"), 200) ?? "Error", Cut(Text(error, "message"), MaxText) ?? "", Cut(Text(error, "stack"), MaxStack));

    private static string? Cut(string? text, int most) => text?.Replace('\0', '\uFFFD') is { } clean && clean.Length > most ? clean[..most] : text?.Replace('\0', '\uFFFD');

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? Math.Max(0, number) : 0;
}
