using Platform.Functions.Http;
using Platform.Variables;

namespace Platform.Functions.Variables;

/// <summary>Requests of this API in the words of the domain.</summary>
internal static class ProjectVariableRequests
{
    public const string KeyPattern = "[A-Z][A-Z0-9_]*";
    public const int MaxValue = 10_000;
    public const int MaxDescription = 300;
    public const long UploadLimit = 6 * Mebibyte;

    private const long Mebibyte = 1024 * 1024;
    private const int MaxFileName = 255;
    private const long MaxFile = 5 * Mebibyte;

    public static Result<VariableDraft> ToDraft(Result<VariableRequest> body) => body.IsOk
        ? new VariableDraft(body.Value.Key, TypeOf(body.Value.IsSecret == true || body.Value.Type == VariableKind.Secret), body.Value.Value, body.Value.Description)
        : body.Error;

    public static Result<VariableDraft> ToDraft(Result<Upload<VariableUpload>> upload)
    {
        var file = upload.IsOk ? ToFile(upload.Value.File) : upload.Error;
        if (!file.IsOk)
            return file.Error;
        var fields = upload.Value.Fields;
        return new VariableDraft(fields.Key, VariableType.File, Value: null, fields.Description, file.Value);
    }

    public static Result<VariableChange> ToChange(Result<VariableChangeRequest> body) => body.IsOk
        ? new VariableChange
        {
            Key = body.Value.Key,
            Value = body.Value.Value,
            Type = body.Value.IsSecret is { } secret ? TypeOf(secret) : null,
            Description = body.Value.NamesDescription ? body.Value.Description ?? "" : null,
            Version = body.Value.Version,
        }
        : body.Error;

    public static Result<VariableChange> ToChange(Result<Upload<VariableChangeUpload>> upload)
    {
        if (!upload.IsOk)
            return upload.Error;
        var fields = upload.Value.Fields;
        var change = new VariableChange { Key = fields.Key, Description = fields.Description, Version = fields.Version is { } version ? long.Parse(version) : null };
        if (upload.Value.File is null)
            return change;
        var file = ToFile(upload.Value.File);
        return file.IsOk ? change with { File = file.Value } : file.Error;
    }

    private static VariableType TypeOf(bool isSecret) => isSecret ? VariableType.Secret : VariableType.Plain;

    private static Result<VariableFile> ToFile(UploadedFile? file)
    {
        if (file is null)
            return ProjectVariableErrors.FileMissing;
        var name = file.Name[(file.Name.LastIndexOfAny(['/', '\\']) + 1)..].Trim(); // some clients send the whole path
        if (name.Length is 0 or > MaxFileName || name.Any(char.IsControl))
            return ProjectVariableErrors.FileNameInvalid;
        if (file.Content.Length == 0)
            return ProjectVariableErrors.FileEmpty;
        if (file.Content.Length > MaxFile)
            return ProjectVariableErrors.FileTooLarge;
        return VariableFileTypes.Of(name, file.ContentType) is { } type ? new VariableFile(name, type, file.Content) : ProjectVariableErrors.FileTypeInvalid;
    }
}
