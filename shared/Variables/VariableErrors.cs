using Platform.Identity;

namespace Platform.Variables;

/// <summary>Refusals about variables. Families translate the codes to their own words.</summary>
public static class VariableErrors
{
    public static readonly Error NotFound = Error.NotFound("variable.not_found", "Variable not found");
    public static readonly Error ProjectNotFound = Error.NotFound("project.not_found", "Project not found");
    public static readonly Error FileNotFound = Error.NotFound("variable.file_not_found", "File not found");
    public static readonly Error KeyTaken = Error.BadState("variable.key_taken", "Variable with this name already exists");

    /// <summary>Runtime variables are listed beside those for tests, which only the family <c>checks</c> changes.</summary>
    public static readonly Error OfTests = Error.Conflict("variable.read_only", "Variables for tests are changed where tests are");

    public static readonly Error NotASecret = Error.BadState("variable.not_a_secret", "Variable is not a secret");
    public static readonly Error NotAFile = Error.BadState("variable.not_a_file", "Variable is not a file");
    public static readonly Error Stale = Error.Conflict("variable.stale_write", "The object was changed by somebody else in the meantime");

    /// <summary>To make a secret plain shows it: that needs the permission to decrypt it.</summary>
    public static readonly Error DecryptMissing = Error.Forbidden("variable.decrypt_missing", "Insufficient permissions") with { MissingPermission = Permissions.VariablesDecrypt };

    public static Error KeyTakenFor(string key) => Error.Conflict("variable.env_conflict", $"{key} has a value for one of these targets");

    public static Error TooMany(int maximum) => Error.BadState("variable.too_many", $"A project can have at most {maximum} variables");
}
