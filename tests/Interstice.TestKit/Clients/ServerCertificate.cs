using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Interstice.TestKit.Clients;

/// <summary>A certificate for this machine, from an authority that the test makes.</summary>
/// <remarks>Not one certificate for both: some clients take no authority for a server.</remarks>
public static class ServerCertificate
{
    /// <summary>Makes one, and writes what clients need to trust it.</summary>
    /// <param name="caFile">File of the authority.</param>
    /// <param name="serverFile">File for the certificate and its private key; null for none.</param>
    public static X509Certificate2 Make(string caFile, string? serverFile = null)
    {
        using RSA caKey = RSA.Create(2048);
        CertificateRequest caRequest = Request("CN=test authority", caKey);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        caRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        using X509Certificate2 authority = caRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(caFile, authority.ExportCertificatePem());

        using RSA key = RSA.Create(2048);
        CertificateRequest request = Request("CN=localhost", key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        using X509Certificate2 signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(20), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 certificate = signed.CopyWithPrivateKey(key);

        if (serverFile is not null) File.WriteAllText(serverFile, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");

        // A key that was just made is tied to this process on some systems, and not taken by their TLS.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }

    private static CertificateRequest Request(string name, RSA key) => new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
