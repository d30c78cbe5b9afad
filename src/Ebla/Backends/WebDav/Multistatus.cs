using System.Globalization;
using System.Text;
using System.Xml;
using Ebla.Backends.Http;
using Ebla.Primitives;

namespace Ebla.Backends.WebDav;

/// <summary>Reads what a server answers to PROPFIND (RFC 4918, section 13), as it comes and with bounds.</summary>
internal static class Multistatus
{
    // A response of Apache has 500 bytes; a name may have 255 characters of 4 bytes, each written as 3.
    private const int ResponseSizeInBytesMax = 1 << 20;

    private const int DepthMax = 64;

    // Half a gigabyte is half a million entries of the longest kind in one folder.
    private const long DocumentSizeInCharactersMax = 512 << 20;

    private const string Namespace = "DAV:";

    /// <summary>The entries, the folder asked for among them. Ends only where the document does.</summary>
    public static async IAsyncEnumerable<DavEntry> ReadAsync(BodyStream body, Func<string, string> describe)
    {
        XmlReaderSettings settings = new()
        {
            Async = true,
            CheckCharacters = false,
            DtdProcessing = DtdProcessing.Prohibit,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersInDocument = DocumentSizeInCharactersMax,
            XmlResolver = null,
        };
        body.BeginItem(ResponseSizeInBytesMax);
        using XmlReader reader = XmlReader.Create(body, settings);
        Response response = new();
        StringBuilder text = new();
        bool hasBegun = false;
        while (await AdvanceAsync(reader, describe).ConfigureAwait(false))
        {
            if (reader.Depth > DepthMax)
            {
                throw NotUnderstood(describe, "it is nested too deeply.", null);
            }
            hasBegun |= reader.Depth == 0 && reader.LocalName == "multistatus" && reader.NamespaceURI == Namespace;
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    _ = text.Clear();
                    if (reader.NamespaceURI == Namespace)
                    {
                        response.Begin(reader.LocalName);
                    }
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    _ = text.Append(await reader.GetValueAsync().ConfigureAwait(false));
                    break;
                case XmlNodeType.EndElement when reader.NamespaceURI == Namespace:
                    if (reader.LocalName == "response")
                    {
                        if (response.ToEntry(describe) is { } entry)
                        {
                            yield return entry;
                        }
                        response = new Response();
                        body.BeginItem(ResponseSizeInBytesMax);
                    }
                    else
                    {
                        response.End(reader.LocalName, text.ToString().Trim());
                    }
                    break;
            }
        }
        if (!hasBegun)
        {
            throw NotUnderstood(describe, "it is no multistatus.", null);
        }
    }

    private static async ValueTask<bool> AdvanceAsync(XmlReader reader, Func<string, string> describe)
    {
        try
        {
            return await reader.ReadAsync().ConfigureAwait(false);
        }
        catch (XmlException exception)
        {
            throw NotUnderstood(describe, exception.Message, exception);
        }
    }

    private static BackendException NotUnderstood(Func<string, string> describe, string reason, Exception? inner)
        => new(describe($"the server's listing is not as it should be: {reason}"), isTransient: false, inner);

    /// <summary>A response as far as it came.</summary>
    private sealed class Response
    {
        private string? _path;
        private string _status = "";
        private Properties? _part;
        private Properties _found = new(false, null, null, "");

        public void Begin(string element)
        {
            switch (element)
            {
                case "propstat":
                    _part = new Properties(false, null, null, "");
                    break;
                case "collection" when _part is not null:
                    _part = _part with { IsFolder = true };
                    break;
            }
        }

        public void End(string element, string text)
        {
            switch (element)
            {
                case "href":
                    _path ??= text;
                    break;
                case "getcontentlength" when _part is not null:
                    _part = _part with { SizeInBytes = ToSize(text) };
                    break;
                case "quota-available-bytes" when _part is not null:
                    _part = _part with { FreeSpaceInBytes = ToSize(text) };
                    break;
                case "status" when _part is not null:
                    _part = _part with { Status = text };
                    break;
                case "status":
                    _status = text;
                    break;
                case "propstat" when _part is not null:
                    // A part tells either what there is, or (404) what there is not.
                    _found = IsGood(_part.Status)
                        ? new Properties(
                            _found.IsFolder || _part.IsFolder,
                            _part.SizeInBytes ?? _found.SizeInBytes,
                            _part.FreeSpaceInBytes ?? _found.FreeSpaceInBytes,
                            "")
                        : _found;
                    _part = null;
                    break;
            }
        }

        public DavEntry? ToEntry(Func<string, string> describe)
        {
            if (_path is null)
            {
                throw NotUnderstood(describe, "an entry has no name.", null);
            }
            if (!IsGood(_status))
            {
                // It went while the server listed it; anything else, and the listing is not whole.
                return _status.Contains(" 404", StringComparison.Ordinal)
                    ? null
                    : throw new BackendException(describe($"the server cannot list '{_path}': {_status}"), isTransient: true);
            }
            string path = _path.TrimEnd('/');
            string name = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
            return new DavEntry(name, _found.IsFolder, _found.SizeInBytes, _found.FreeSpaceInBytes);
        }

        private static bool IsGood(string status) => status.Length == 0 || status.Contains(" 200", StringComparison.Ordinal);

        private static long? ToSize(string text)
            => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : null;
    }

    private sealed record Properties(bool IsFolder, long? SizeInBytes, long? FreeSpaceInBytes, string Status);
}
