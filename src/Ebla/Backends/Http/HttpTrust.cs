using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ebla.Primitives;

namespace Ebla.Backends.Http;

/// <summary>Which servers are who they say they are.</summary>
internal static class HttpTrust
{
    /// <summary>What a TLS connection to a host is made with. A certificate that does not pass fails with one clear line.</summary>
    /// <param name="place">The server, for messages.</param>
    /// <param name="authorities">Certificates to trust instead of those of the system; null: those of the system.</param>
    /// <param name="option">The option that names a file of these, for messages.</param>
    public static SslClientAuthenticationOptions OptionsFor(string place, X509Certificate2Collection? authorities, string option)
    {
        SslClientAuthenticationOptions options = new()
        {
            RemoteCertificateValidationCallback = (connection, certificate, chain, errors)
                => errors == SslPolicyErrors.None
                ? true
                : throw new AccessDeniedException(
                    $"{place}: {Explain(((SslStream)connection).TargetHostName, certificate, chain, errors, option)}"),
        };
        if (authorities is not null)
        {
            X509ChainPolicy policy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.AddRange(authorities);
            options.CertificateChainPolicy = policy;
        }
        return options;
    }

    /// <summary>Reads a PEM file of certificates.</summary>
    /// <exception cref="InvalidLocationException">It cannot be read, or there are none in it.</exception>
    public static X509Certificate2Collection Read(string path, string option)
    {
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPemFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InvalidLocationException($"The option {option}: cannot read '{path}': {exception.Message}");
        }
        return found.Count > 0 ? found : throw new InvalidLocationException($"The option {option}: '{path}' holds no certificate.");
    }

    private static string Explain(string host, X509Certificate? received, X509Chain? chain, SslPolicyErrors errors, string option)
    {
        if (received is not X509Certificate2 certificate)
        {
            return "the server shows no certificate.";
        }
        X509ChainStatusFlags status = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus one in chain?.ChainStatus ?? [])
        {
            status |= one.Status;
        }
        string subject = $"the server's certificate ({certificate.Subject})";
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            // In a chain it may be another one that is out of date.
            X509Certificate2 old = chain!.ChainElements.FirstOrDefault(static element => element.ChainElementStatus.Any(
                static one => one.Status == X509ChainStatusFlags.NotTimeValid))?.Certificate ?? certificate;
            string which = old.Equals(certificate) ? subject : $"the certificate '{old.Subject}'";
            return $"{which} has expired or is not valid yet: it is good from {old.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} "
                + $"to {old.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC only.";
        }
        if (status.HasFlag(X509ChainStatusFlags.UntrustedRoot) || status.HasFlag(X509ChainStatusFlags.PartialChain))
        {
            return $"{subject} comes from '{certificate.Issuer}', whom nothing here trusts. "
                + $"If you do, name a file with that certificate: -o {option}=FILE.";
        }
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"{subject} is not for '{host}' but for {NamesIn(certificate)}."
            : $"{subject} is not good: {status}.";
    }

    private static string NamesIn(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        string[] all =
        [
            .. names?.EnumerateDnsNames() ?? [],
            .. names?.EnumerateIPAddresses().Select(static address => address.ToString()) ?? [],
        ];
        return all.Length > 0 ? string.Join(", ", all) : $"'{certificate.GetNameInfo(X509NameType.SimpleName, false)}'";
    }
}
