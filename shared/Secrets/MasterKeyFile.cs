using System.Security.Cryptography;

namespace Platform.Secrets;

/// <summary>
/// The master key of an installation that configures none: <c>master.key</c> in the data directory, readable by its owner only.
/// Two processes that start at once agree on one key.
/// </summary>
internal sealed class MasterKeyFile(DataDirectory data)
{
    private readonly string _path = data.Combine("master.key");

    public byte[]? Read()
    {
        if (!File.Exists(_path))
            return null;
        var key = Convert.FromBase64String(File.ReadAllText(_path).Trim());
        return key.Length == AesGcmBox.KeyLength ? key : throw new CryptographicException("The file master.key is damaged");
    }

    public byte[] ReadOrCreate()
    {
        if (Read() is { } existing)
            return existing;
        var temporary = $"{_path}.{Environment.ProcessId}.{RandomNumberGenerator.GetHexString(8)}";
        Write(temporary, Convert.ToBase64String(RandomNumberGenerator.GetBytes(AesGcmBox.KeyLength)));
        if (DurableFolder.TryName(temporary, _path))
            DurableFolder.Flush(data.Path);
        return Read()!;
    }

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text + "\n"));
        file.Flush(flushToDisk: true);
    }
}
