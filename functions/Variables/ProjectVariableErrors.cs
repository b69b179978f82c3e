namespace Platform.Functions.Variables;

/// <summary>Refusals of the form in which variables come.</summary>
internal static class ProjectVariableErrors
{
    public static readonly Error UploadNeeded = Error.Invalid("variable.upload_needed", "File variables must be uploaded as multipart/form-data");
    public static readonly Error NotAnUpload = Error.Invalid("variable.not_an_upload", "Only file variables are uploaded as multipart/form-data");
    public static readonly Error FileMissing = Error.Invalid("variable.file_missing", "A file is required");
    public static readonly Error FileEmpty = Error.Invalid("variable.file_empty", "The file is empty");
    public static readonly Error FileTooLarge = Error.Invalid("variable.file_too_large", "The file is larger than 5 MiB");
    public static readonly Error FileNameInvalid = Error.Invalid("variable.file_name_invalid", "The file name must have 1 to 255 printable characters");
    public static readonly Error FileTypeInvalid = Error.Invalid("variable.file_type_invalid", "The file must be CSV, JSON, TXT, TSV, XML or YAML");
}
