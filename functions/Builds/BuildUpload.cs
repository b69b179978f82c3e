using Platform.Builds;
using Platform.Functions.Http;

namespace Platform.Functions.Builds;

/// <summary>A new build as a form: the archive in the part <c>source</c>.</summary>
public sealed record BuildUpload
{
    public const string File = "source";

    /// <summary>The JSON body of this operation; optional.</summary>
    public string? Build { get; init; }

    internal static Result<(NewBuild Build, ReadOnlyMemory<byte>? Archive)> ToRequest(Result<NewBuild> body) => body.IsOk ? (body.Value, null) : body.Error;

    internal static Result<(NewBuild Build, ReadOnlyMemory<byte>? Archive)> ToRequest(Result<Upload<BuildUpload>> upload)
    {
        if (!upload.IsOk)
            return upload.Error;
        var build = upload.Value.Fields.Build is { Length: > 0 } text ? JsonBodyReader.Parse<NewBuild>(text, Family.Delivery) : new NewBuild();
        return build.IsOk ? (build.Value, upload.Value.File?.Content) : build.Error;
    }
}
