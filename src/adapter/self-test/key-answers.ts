import type { AsymmetricKey, Crypto } from '../../port/crypto.ts'
import { DigitalSignatureAlgorithm as D } from '../../spec/enum/digital-signature-algorithm.ts'
import { HashingAlgorithm as H } from '../../spec/enum/hashing-algorithm.ts'
import { KeyFormatType as F } from '../../spec/enum/key-format-type.ts'
import { PaddingMethod as P } from '../../spec/enum/padding-method.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { bytesOf, hexOf, publicSecret, utf8Of, type KnownAnswer } from './known-answer.ts'

/** Keys of the official cases CS-AC-M-1 and CS-AC-M-2. */
const RSA_PRIVATE =
  '308204a50201000282010100ab7f161c0042496ccd6c6d4dadb919973435357776003acf54b7af1e440afb80b64a8755f8002cfeba6b184540a2d66086d74648346d75b8d71812b205387c0f6583bc4d7dc7ec114f3b176b7957c422e7d03fc6267fa2a6f89b9bee9e60a1d7c2d833e5a5f4bb0b1434f4e795a41100f8aa214900df8b65089f98135b1c67b701675abdbc7d5721aac9d14a7f081fcec80b64e8a0ecc8295353c795328abf70e1b42e7bb8b7f4e8ac8c810cdb66e3d21126eba8da7d0ca34142cb76f91f013da809e9c1b7ae64c54130fbc21d80e9c2cb06c5c8d7cce8946a9ac99b1c2815c3612a29a82d73a1f99374fe30e54951662a6eda29c6fc411335d5dc7426b0f6050203010001028201003b12455d53c1816516c518493f6398aafa72b17dfa894db888a7d48c0a47f62579a4e644f86da711fec850cdd9dbbd17f69a443d2ec1dd60d3c618fa74cde5fdafabd6baa26eb0a3adb4def6480fb1218cd3b083e252e885b6f0729f98b2144d2b72293e1b11d73393bc41f75b15ee3d7569b4995ed1a14425da4319b7b26b0e8fef17c37542ae5c6d5849f87209567f3925a47b016d564859717bc57fcb4522d0aa49ce816e5be7b3088193236ec9efff140858045b73c5d79baf38f7c67f04c5dcf0e3806ad982d1259058c3473e847179a878f2c6b3bd968fb99ea46e9185892f3676e78965c2aed4877ba3917df07c5e927474f19e764ba61dc38d63bf2902818100d5c69c8c3cdc2464744a793713dafb9f1dbc799ff96423fecd3cba794286bce920f4b5c183f99ee9028db6212c6277c4c8297fcfbce7f7c24ca4c51fc7182fb8f4019fb1d5659674c5cbe6d5fa992051341760cd00735729a070a9e54d342beba8ef47ee82d3a01b04cec4a00d4ddb41e35116fc221e854b43a696c0e6419b1b02818100cd5ea7702789064b673540cbff09356ad80bc3d592812eba47610b9fac6aecefe22acae438459cda74e59653d88c04189d34399bf5b14b920e34ef38a7d09fe69593396e8fe735e6f0a6ae4990401041d8a406b6fd86a1161e45f95a3eaa5c1012e6662e44f15f335ac971e1766b2bb9c985109974141b44d37e1e319820a55f02818100b2871237bf9fad38c3316ab7877a6a868063e542a7186d431e8d27c19ac0414584033942e9ff6e2973bb7b2d8b0e94ad1ee82158108fbc8664517a5a467fb963014bd5dcc2b4fb087c23039d11920dbe22fd9f16b4d89e23225cd455adbaf32ef43f185864a36d630309d6853f7714b39aae1ebee3938f87c2707e178c739f9f028181009690bed14b2afaa26d986d592231ee27d71d49065bd2ba1f78157e20229881fd9d23227d0f8479eaefa922fd75d5b16b1a561fa6680b040ca0bdce650b23b917a4b1bb7983a74fad70e1c305cbec2bff1a85a726a1d90260e4f1084f518234dcd3fe770b9520215bd543bb6a4117718754676a34171666a79f26e79c149c5aa102818100a0c985a0a0a791a659f99731134c44f37b2e520a2cea35800ad27241ed360dfde6e8ca614f12047fd08b76ac4d13c056a0699e2f98a1cac91011294d71208f4abab33ba87aa0517f415baca88d6bac006088fa601d349417e1f0c9b23affa4d496618dbc024986ed690bbb7b025768ff9df8ac15416f489f8129c32341a8b44f'
const RSA_PUBLIC =
  '3082010a0282010100ab7f161c0042496ccd6c6d4dadb919973435357776003acf54b7af1e440afb80b64a8755f8002cfeba6b184540a2d66086d74648346d75b8d71812b205387c0f6583bc4d7dc7ec114f3b176b7957c422e7d03fc6267fa2a6f89b9bee9e60a1d7c2d833e5a5f4bb0b1434f4e795a41100f8aa214900df8b65089f98135b1c67b701675abdbc7d5721aac9d14a7f081fcec80b64e8a0ecc8295353c795328abf70e1b42e7bb8b7f4e8ac8c810cdb66e3d21126eba8da7d0ca34142cb76f91f013da809e9c1b7ae64c54130fbc21d80e9c2cb06c5c8d7cce8946a9ac99b1c2815c3612a29a82d73a1f99374fe30e54951662a6eda29c6fc411335d5dc7426b0f6050203010001'
/** What the official cases sign. */
const SIGNED = '01020304050607080910111213141516'

/** A signature that is checked: its parameters, and the key of whatever kind in DER. */
export interface SignatureRow {
  readonly name: string
  readonly source: string
  readonly parameters: CryptographicParameters
  readonly format: F
  readonly key: string
  readonly data: string
  readonly signature: string
}

const byPowers = 'RFC 8017 section 9.2, computed by powers of numbers'
const rsa = (
  name: string,
  digitalSignatureAlgorithm: D,
  signature: string,
): Omit<SignatureRow, 'key'> & { readonly key: string } => ({
  name: `RSA signatures with ${name}`,
  source: byPowers,
  parameters: { digitalSignatureAlgorithm },
  format: F.PKCS_1,
  key: RSA_PUBLIC,
  data: SIGNED,
  signature,
})

/** The key of RFC 6979 appendix A.2.2, of 2048 bits. */
const DSA_PUBLIC =
  '308203463082023906072a8648ce3804013082022c02820101009db6fb5951b66bb6fe1e140f1d2ce5502374161fd6538df1648218642f0b5c48c8f7a41aadfa187324b87674fa1822b00f1ecf8136943d7c55757264e5a1a44ffe012e9936e00c1d3e9310b01c7d179805d3058b2a9f4bb6f9716bfe6117c6b5b3cc4d9be341104ad4a80ad6c94e005f4b993e14f091eb51743bf33050c38de235567e1b34c3d6a5c0ceaa1a0f368213c3d19843d0b4b09dcb9fc72d39c8de41f1bf14d4bb4563ca28371621cad3324b6a2d392145bebfac748805236f5ca2fe92b871cd8f9c36d3292b5509ca8caa77a2adfc7bfd77dda6f71125a7456fea153e433256a2261c6a06ed3693797e7995fad5aabbcfbe3eda2741e375404ae25b022100f2c3119374ce76c9356990b465374a17f23f9ed35089bd969f61c6dde9998c1f028201005c7ff6b06f8f143fe8288433493e4769c4d988ace5be25a0e24809670716c613d7b0cee6932f8faa7c44d2cb24523da53fbe4f6ec3595892d1aa58c4328a06c46a15662e7eaa703a1decf8bbb2d05dbe2eb956c142a338661d10461c0d135472085057f3494309ffa73c611f78b32adbb5740c361c9f35be90997db2014e2ef5aa61782f52abeb8bd6432c4dd097bc5423b285dafb60dc364e8161f4a2a35aca3a10b1c4d203cc76a470a33afdcbdd92959859abd8b56e1725252d78eac66e71ba9ae3f1dd2487199874393cd4d832186800654760e1e34c09e4d155179f9ec0dc4473f996bdce6eed1cabed8b6f116f7ad9cf505df0f998e34ab27514b0ffe7038201050002820100667098c654426c78d7f8201eac6c203ef030d43605032c2f1fa937e5237dbd949f34a0a2564fe126dc8b715c5141802ce0979c8246463c40e6b6bdaa2513fa611728716c2e4fd53bc95b89e69949d96512e873b9c8f8dfd499cc312882561adecb31f658e934c0c197f2c4d96b05cbad67381e7b768891e4da3843d24d94cdfb5126e9b8bf21e8358ee0e0a30ef13fd6a664c0dce3731f7fb49a4845a4fd8254687972a2d382599c9bac4e0ed7998193078913032558134976410b89d2c171d123ac35fd977219597aa7d15c1a9a428e59194f75c721ebcbcfae44696a499afa74e04299f132026601638cb87ab79190d4a0986315da8eec6561c938996beadf'
/** "sample" */
const SAMPLE = '73616d706c65'
const dsa = (name: string, digitalSignatureAlgorithm: D, signature: string): SignatureRow => ({
  name: `DSA with ${name}`,
  source: 'RFC 6979 appendix A.2.2',
  parameters: { digitalSignatureAlgorithm },
  format: F.X_509,
  key: DSA_PUBLIC,
  data: SAMPLE,
  signature,
})

/** The key of RFC 6979 appendix A.2.5. */
const P_256 =
  '3059301306072a8648ce3d020106082a8648ce3d0301070342000460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299'
const ecdsa = (name: string, digitalSignatureAlgorithm: D, signature: string): SignatureRow => ({
  name: `ECDSA with ${name}`,
  source: 'RFC 6979 appendix A.2.5',
  parameters: { digitalSignatureAlgorithm },
  format: F.X_509,
  key: P_256,
  data: SAMPLE,
  signature,
})

/** Every Digital Signature Algorithm that is served. */
export const SIGNATURE_ROWS: readonly SignatureRow[] = [
  rsa(
    'MD5',
    D.MD5WithRSAEncryption,
    '15b4c4dd71f0ba4dd403cdb5928d77077249b2ef81199effa8e56595851d3f263247d9c63ae8c9473d88190bb347c097e438b0c236fa10ca45e7862168658af2a26abc7f9adf1ce6261aa0726207a03c80fafd65473f7ce65a9b6d6a28053ece6b565d9ebd0612d305a57ec85f9145fa8c7c0410d52e20a66592cff6e8c1694d41754ee61740bda5d59cea71e1bb4b6ed41ca2aba9cde97635617d17f5bbc62737462da77e836680beb54512309a119abf1190dd7259d4bc79801e0531b25398e30f6757570b6e71430a3157fb35115a4a6993d965f405d58dda7eb4f7b853016b05180a522061352d1b1bbbfbbacafd6ff274a7912d566ec0ebd179024b6bfe',
  ),
  rsa(
    'SHA-1',
    D.SHA_1WithRSAEncryption,
    '1ae0c35e805dd8146f2e5a528729d602b2ebcb4fcada5673010e0ff9021a07a646019b9177b1eb90cf6c6d5a893fec6035fcef391891a6a93450cf3730be376d24b9625ce40594f916e2132da2d00eb43a4d324dd77e045912468fc17ae0516b1e7f99af6ccd964f5e70e4d3cb60f5e732276c07fea0773fb55cef63247ea235681ff1631c3a229951c8728a7426e6127c6c124c07f5e841b4e254f0f356b3467a18b9311bd69ab539f32c4230c7b9e44cfe97492ca18d8eff5f6db22763a26732aa080e34f2fb25d7774013845beb24d61e9218f03bb9039f73304dce43ad98e5f1ea857b9463daaa7bb66d7a9625cc3b2518d2cc3c04f17b1ea88c8fa3619d',
  ),
  rsa(
    'SHA-224',
    D.SHA_224WithRSAEncryption,
    '5b4fb8fa039778a3012f907c391190c7326d53fe545eab8d4402f437342233e6d8a64a4d9f1ff52f504e9f2edc860f2719214907b9f8ccfdbb25008a532b3727a46bd5784b24f3f6317ae2b77ef0c5589ee0c8a9c5167f6d13db19d3b659e5f6b3041c5d1b4dafadc5ff425256d9bb95e8892eb017e015480dd52dac4d39addf9b7770a24c427e77a911262f9aa9aaa70711fa6dd5097ee19a1e83a395c16a501b56bb06bf999076b5ed312020977def82cbde60593409d269ca9ec605f950251dc9c359804541aec7616fcbd1755c350509e3dd9f821664e158de33993338759127872dc667ee48bbc1f58fbebc82c39fad2ffce77b6f596376773adf4d052c',
  ),
  rsa(
    'SHA-256',
    D.SHA_256WithRSAEncryption,
    '94257e4ce0445e36860d2ed32ca24052e8eaa7aef1eaf8118d00e29cfe0b95e83d6285b15864469ff545cde5aa92a810e4b0f5dc7d0144465444f39a5e409e6691299116ecea07907dfead44c7577679ea18901dbc65d169025658d04a191d7029d9c8038bc06259722d62e8cc8279d7fa5038bc6ea0b08fc00e706368bf4042aae1bd564b5ca6fc5d1052d4b1e7138f246a1f80a1da27628c6db185eff06d1519986c7316f7874b17c4619a2faae26ffd62609c0d13069ed50a93d2f32813e1698825e03c25107b809d1e3dc96b95c1cbb26163469f4e7fc5a8daf4a4b5c3ba9be7af580f7b6483526985a67108c8de6f1e894e9df5a9ad1387442c1ad6aca1',
  ),
  rsa(
    'SHA-384',
    D.SHA_384WithRSAEncryption,
    '2055607d1e73d60bdc784430d285df25ecb375d17287ccb5b26b3248736ae64f1cc44974f15c45fd6b3a15ef88f04ddb8eeede147e4dc5a822704d383a930bbe533555d2295902923323153276a3a0624dfeba37ddbc87fb29893848ea2381dc303a6fa90f87b1cd7de07398ef4da26768f78a507fb9d7793cb52303292e4e3b2f6e93f51ad87bed80d3af75cea0541d20b841c2ac493f51c7870fed92624956529960aa55804378adf81b7e2f0c7713baf22fd90d92f33109aa0dfb330a0d61cf746eb07d218a57bdbff1420989f42d97e910899c67eeebba85fd1de23ea16bb708ea6e4ab0fdba5767939ff5dd972b0a4c87fe82dac4cf1223ccf614f03436',
  ),
  rsa(
    'SHA-512',
    D.SHA_512WithRSAEncryption,
    '2addc39126277f31461566378bc5722bd0497e5fe6f9dfa2d8d203422e55519b322440bc30b74227c91944014854a35c2f911408f93e64322600976dbf637db05f03fb1adafc93a76cb770ed57225d72bbd9113eeb89cf6140d37a0fd8ae2402da4fb70eb99c4007dc457511395f4e1a3dceeedf3821a79c86533f1b24f11a5a5e0108c87428c72e3b9a23a985b02982ee05973eba707bc523bf5e1f8b62cf8b4d5d84bc8703fdf40d30ba95e3b2d0d6b7bfc3099cf560ff65445ddda2ca00f33f53a31babfb4c8e262fcc502cb06dfc39788a7b9116261b8991c38c90be8941a3d652d945ea65acf924d7d248f5ae09bbde51b24e91c93e50f88a2d01c7fa39',
  ),
  rsa(
    'SHA3-256',
    D.SHA3_256WithRSAEncryption,
    '22c54d593ecb829d5cf3c52ec9a48d61a0b01a093be5adfc39092ee33b1efed3bf2928afb6c19fdaeef1d7888c12b3008b886956e133cd879ad1b6c2fed5761bae79164ce9e16e313c03606bc51df71368c78a032a9f782c03901943cae9cf0f20c7158caaa5cddbbc1b565847a4fed35b1a8ec06f29a5e655b0cbb906fd861644fb8d8b4087dde5a9062712a12b1cd8eb8e4bd5e0dcb570727e2245d34c38c83df57c8228cf946d114987b1d71698f2e4860c51d99a9dee89b4d909abfd38374bb41c116d5ef92a6c8034d9a4a925da4378dce8412675d398a4f197ca3f13b3b6cb5c1fc0b5f860d12afe8bf056d6e13f4fd3d9ffb313100902a1d838543067',
  ),
  rsa(
    'SHA3-384',
    D.SHA3_384WithRSAEncryption,
    '7dc3548d5393b8dca29868e05943fe2e3ddf7bf8e2c60b949091e35d9a496e3a2a4e57c4c1ba4ab5e2a0e5b7ad1232e42fc8164b023cdcc7d5f08dbcf8b0d45c1e4dc34d80d8f7c5c15f8e83cc21d3f2a3b14c592a7ba8182568ad7bc1259ea8bfc295cedcd80d6a218699074d6cd5171678e475413b884f2b18997484bfe738c42aa23e2fba47f204c7abca51d8d1f6c77bd31b56f22b30ffabbe74c809e163bdf46c300e0576ec8a84f7df677214d8c143e9f2a991e588d7e0a90ec2d46e72e1a6d19b576fdfc5a40d0aa616961794a3c4e6df97c14687e0dd27fcaf07c575b24cb5542ddb863c4acb025b7027b4596ee6d29a5c1be90f288a79c7dd8ff7da',
  ),
  rsa(
    'SHA3-512',
    D.SHA3_512WithRSAEncryption,
    '484fa2e9367286e183fa7d3f70e2243955697652ac27a16362b2512f810c6bbc87e85d3531bfe8acf2ca94f2526af165173d911d2a65f46ccb5c049750bb02b78d88f35794671504bf40cc2da7c20ef68f0827dbded28d3bee6a681910856431bc15a5268c96213585981d6052ab0994c6d2dd8cac138823507290242d7af352bd5f7ad254f0d1ba7fa90f9eb2dc55efbac87202277c932e07b41857b5eec865cf7175ab3ece8ce188ffad89a4ea61d0849fafb0e0d38b4ae884fbe88c1605ecaaac08766b02835ba14f89bf45e7b8574e79fc78a3d9036d8727a2f34735eb9d6faf5eb11abecdd34eb28bc26aa358539d2aa76e6718cd021df4916146f921ce',
  ),
  dsa(
    'SHA-1',
    D.DSAWithSHA_1,
    '304502203a1b2dbd7489d6ed7e608fd036c83af396e290dbd602408e8677daabd6e7445a022100d26fcba19fa3e3058ffc02ca1596cdbb6e0d20cb37b06054f7e36ded0cdbbccf',
  ),
  dsa(
    'SHA-224',
    D.DSAWithSHA224,
    '3046022100dc9f4deada8d8ff588e98fed0ab690ffce858dc8c79376450eb6b76c24537e2c022100a65a9c3bc7babe286b195d5da68616da8d47fa0097f36dd19f517327dc848cec',
  ),
  dsa(
    'SHA-256',
    D.DSAWithSHA256,
    '3045022100eace8bdbbe353c432a795d9ec556c6d021f7a03f42c36e9bc87e4ac7932cc80902207081e175455f9247b812b74583e9e94f9ea79bd640dc962533b0680793a38d53',
  ),
  ecdsa(
    'SHA-1',
    D.ECDSAWithSHA_1,
    '3044022061340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d3202206d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7eb',
  ),
  ecdsa(
    'SHA-224',
    D.ECDSAWithSHA224,
    '3045022053b2fff5d1752b2c689df257c04c40a587fababb3f6fc2702f1343af7ca9aa3f022100b9afb64fdc03dc1a131c7d2386d11e349f070aa432a4acc918bea988bf75c74c',
  ),
  ecdsa(
    'SHA-256',
    D.ECDSAWithSHA256,
    '3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  ),
  ecdsa(
    'SHA-384',
    D.ECDSAWithSHA384,
    '304402200eafea039b20e9b42309fb1d89e213057cbf973dc0cfc8f129edddc800ef771902204861f0491e6998b9455193e34e7b0d284ddd7149a74b95b9261f13abde940954',
  ),
  ecdsa(
    'SHA-512',
    D.ECDSAWithSHA512,
    '30450221008496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f0002202362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe',
  ),
  {
    name: 'RSA signatures with PSS',
    source: 'CS-AC-M-2-14',
    parameters: { paddingMethod: P.PSS, hashingAlgorithm: H.SHA_256 },
    format: F.PKCS_1,
    key: RSA_PUBLIC,
    data: SIGNED,
    signature:
      '2925ebf8c6c9d0585c36a44491dd28f8ffd1098d2275a505a0eba7af452e9496472fd5c4a515d1c0db16c7c59ef76863b571cbf498fb8178ffeb75667e6e51b9b9bbf09d55bba54b42acb947aa5a81dc62751727d7cad4616c0c0bf1dd666f8266f24262c5fa9cbbdc424ef5f5e345e633d111e66eb4afc4001bb02e158b2d5d4573c614655f21a688bee0e9dbde6a58324c08f42ae69697e0c51803f9de6b3df242d2915d9b1a8110ad28143ab7855ef92ede48971b484172de3b0b8957f493a74b3372ee2200f2233607735f90d0b180968ab20d74841fd3dba4fb1f225ea5c6c87f99c2a238db72a536e68be202a092cd032337d451477e568f9a48b638cb',
  },
]

const CHECKS: readonly KnownAnswer[] = SIGNATURE_ROWS.map((row) => ({
  name: row.name,
  source: row.source,
  expected: 'true false',
  answer: ({ crypto }) => checked(crypto, row),
}))

/** The right signature is one; that of other data is none. */
function checked({ keys, signatures }: Crypto, row: SignatureRow): string {
  const key = keys.parsePublic(row.format, bytesOf(row.key))
  return using([key], () =>
    [row.data, `${row.data}00`]
      .map((data) => {
        const signed = { data: bytesOf(data), signature: bytesOf(row.signature) }
        return String(signatures.verify(key, row.parameters, signed))
      })
      .join(' '),
  )
}

/** Encryptions of `known answer` for the RSA key. */
const OAEP =
  '91424b3a3b6444ff06b3b7d2e686a856e5782b87fa73b7feaeb0a71865123d23dab6688474253813371b5f9b96775f55b6eee8103148a4581bdd0ab7d7e37eb8dd04c5b9ef426230837eda0b19da05758b0bc27df5e426fbff2d54ee1360a80c6f9284705b623200a567719dbf4202166e065bcaf4494ac3f6ecfb859f80e7a727352340bc8a826e8965d7386f3bfc2ddccf8948c7bf001398180066518b07344badafe9ab50d2fdf8dd1255940eb5a355015aeb61f3cf25095bdebd3ce5b9c3ae054c7e2ad2ed2d23887bf90877bb7271db2c72f36b00bc21c4ab269a2c60869f2d4d803bd52e7e37ef8b041d612151023e02bfef83a36d74b1b30b6d9e7f3c'
const PKCS1 =
  '57e427210cf408ced2b6d0d152633c29c6242992be01b7b83b961077dd7dc45c09faf9627981bdbd3edbab107b3b18afc6c780640467e642e883839985a65ac71ade4ba474928236b30220a4253eb501fdafb84d83aa7b58c76e8c6abf2d5b752505da6f4a4b7c9181773360574b13c9a0e9c542d2e4b484c5fd82a5b247095503547276b9e9fb6e3b717e885a40858c11b88ae3a95d5d9dda4df8626ad7c8d83a555b8626ae79cbf32f63d654c98074f2eefbeb22cc8025e6fa77c3e4fc7a5ef1bd25cdfb80666402bbd664082c07376316c5940e3e28a76ee1095b0a33c98de1f157f391f040e40f9a3828817328e0ae8b93fdf499c20c7447c981b539456c'

const RSA_ANSWERS: readonly KnownAnswer[] = [
  {
    name: 'signing with RSA',
    source: byPowers,
    expected: SIGNATURE_ROWS[3]?.signature ?? '',
    answer: ({ crypto: { keys, signatures } }) => {
      const key = keys.parsePrivate(F.PKCS_1, publicSecret(RSA_PRIVATE))
      const parameters = { digitalSignatureAlgorithm: D.SHA_256WithRSAEncryption }
      return using([key], () => hexOf(signatures.sign(key, parameters, bytesOf(SIGNED))))
    },
  },
  ...[
    {
      name: 'RSA encryption with OAEP',
      source: 'RFC 8017 section 7.1, computed by powers of numbers',
      parameters: {
        paddingMethod: P.OAEP,
        hashingAlgorithm: H.SHA_256,
        maskGeneratorHashingAlgorithm: H.SHA_256,
      },
      ciphertext: OAEP,
    },
    {
      name: 'RSA encryption with PKCS#1 v1.5',
      source: 'RFC 8017 section 7.2, computed by powers of numbers',
      parameters: { paddingMethod: P.PKCS1V1_5 },
      ciphertext: PKCS1,
    },
  ].map(({ name, source, parameters, ciphertext }): KnownAnswer => ({
    name,
    source,
    expected: `${hexOf(utf8Of('known answer'))} ${SIGNED}`,
    answer: ({ crypto: { keys, keyEncryption } }) => {
      const key = keys.parsePrivate(F.PKCS_1, publicSecret(RSA_PRIVATE))
      const publicKey = keys.publicOf(key)
      return using([key, publicKey], () => {
        const sealed = keyEncryption.encrypt(publicKey, parameters, bytesOf(SIGNED))
        const opened = keyEncryption.decrypt(key, parameters, bytesOf(ciphertext))
        return `${hexOf(opened)} ${hexOf(keyEncryption.decrypt(key, parameters, sealed))}`
      })
    },
  })),
]

/** Signatures that hold no randomness: key, what it signs, and the signature. */
const EDWARDS: readonly KnownAnswer[] = (
  [
    [
      'Ed25519',
      'RFC 8032 section 7.1, test 1',
      '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      'Ed448',
      'RFC 8032 section 7.4, blank',
      '3047020100300506032b6571043b04396c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b',
      '533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600',
    ],
  ] as const
).map(([name, source, key, signature]) => ({
  name,
  source,
  expected: `${signature} true`,
  answer: ({ crypto: { keys, signatures } }) => {
    const privateKey = keys.parsePrivate(F.PKCS_8, publicSecret(key))
    const publicKey = keys.publicOf(privateKey)
    const data = new Uint8Array(0)
    return using([privateKey, publicKey], () => {
      const made = signatures.sign(privateKey, {}, data)
      return `${hexOf(made)} ${signatures.verify(publicKey, {}, { data, signature: made })}`
    })
  },
}))

/** Two keys and the secret that they agree on. */
const AGREEMENTS: readonly KnownAnswer[] = (
  [
    [
      'ECDH',
      'RFC 5903 section 8.1',
      '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433',
      '3059301306072a8648ce3d020106082a8648ce3d03010703420004d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
      'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de',
    ],
    [
      'DH',
      'RFC 7919 appendix A.1, computed by powers of numbers',
      '308201420201003082011706092a864886f70d010301308201080282010100ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f619172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b423861285c97ffffffffffffffff020102042202207692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
      '308202243082011706092a864886f70d010301308201080282010100ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f619172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b423861285c97ffffffffffffffff02010203820105000282010052290278973b3c28fa0ef1c9077d0a06effc743d8065f1973b23a6916361b03ea05d87e1fca593a1f75e5dca441c3b6f573875b2625e7ee1dce7656421e60c7a5233fb2127b88384974b4d582ca05cb8a10390cca26bfe90c98970305634ffd5d2b33d40e967b92677d3fc2247309b0a15a5d4a0336c0227e01c94e7e307e02c7f9fd1ae1b627785b5ba07151bde5a0f0f7318c3aa8e461ca49f009f0a5ac77a3aa04d8e713bcdfff2fc15a4abf9368834253678d19f3e03bfb8cd2f4a678e6cb4a9cd0da26b2f862af9956875c6efa2e80b40e534d64e3ed8acc6d35912bb5796f390bc1a6b743081e8b2575f244c9fcb167ee867ea58758fcfe0f829feb775',
      '3ab7830b734e83876c46aac67e4dfdc5fdfe9b0cef2c45c9a53bdcbe77687739b4764e8140b0751251bcfa97edfabc54b3bc013928a8eb6cbf458980b14dfc3604a1579152c8dc8a7a88dee40c8bbdf8440008ce5fe4dc358be11300b4e19d7ccba71e1aecc5594b1be3dc542cc2257f8d20b474200aaa4e5cbd0fe34ab4ac914e5fe07860e5e841a5cfbb61f8465642316ccd15527aeb80de9fe3fb7b990f9ee76c9631f2bbf5277d6a30820b6816bd6e83717f96cbcad1a6924bc2df1e9d7cfd06dba5deae28822a9a04750f9609a89f6129fa8e5d8fb19a3754d545082bcb075a731fad40dac5fd8531f3fe70fd96b4828889025b5306bbc392b26980e369',
    ],
    [
      'X25519',
      'RFC 7748 section 5.2',
      '302e020100300506032b656e04220420a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      '302a300506032b656e032100e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      'X448',
      'RFC 7748 section 6.2',
      '3046020100300506032b656f043a04389a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b',
      '3042300506032b656f0339003eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609',
      '07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d',
    ],
  ] as const
).map(([name, source, own, peer, secret]) => ({
  name,
  source,
  expected: secret,
  answer: ({ crypto: { keys } }) => {
    const privateKey = keys.parsePrivate(F.PKCS_8, publicSecret(own))
    const publicKey = keys.parsePublic(F.X_509, bytesOf(peer))
    return using([privateKey, publicKey], () => hexOf(keys.agree(privateKey, publicKey)))
  },
}))

function using<R>(keys: readonly AsymmetricKey[], use: () => R): R {
  try {
    return use()
  } finally {
    for (const key of keys) key.destroy()
  }
}

/** Signatures, encryption and agreement with asymmetric keys; the curves of ECDSA are apart. */
export const KEY_ANSWERS: readonly KnownAnswer[] = [
  ...CHECKS,
  ...RSA_ANSWERS,
  ...EDWARDS,
  ...AGREEMENTS,
]
